package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;

class ReportKeyTest {

  @Test
  void keysOfOneWindowLieBetweenItsStartAndTheNext() {
    Bytes from = ReportKey.from("demo@r1", 60_000);
    Bytes to = ReportKey.from("demo@r1", 120_000);

    assertThat(key("demo@r1", 60_000)).isGreaterThan(from).isLessThan(to);
    assertThat(key("demo@r1", 119_999)).isLessThan(to);
    assertThat(key("demo@r1", 120_000)).isGreaterThan(to);
  }

  @Test
  void noOtherModelsKeyLiesBetween() {
    Bytes from = ReportKey.from("demo@r1", 0);
    Bytes to = ReportKey.from("demo@r1", Long.MAX_VALUE);

    assertThat(key("demo@r10", 60_000)).isGreaterThan(to);
    assertThat(key("demo@r", 60_000)).isLessThan(from);
    assertThat(key("демо@r1", 60_000)).isGreaterThan(to);
  }

  private static Bytes key(String model, long windowStart) {
    return ReportKey.of(model, windowStart, new SummarySource("host", "block-output"));
  }
}
