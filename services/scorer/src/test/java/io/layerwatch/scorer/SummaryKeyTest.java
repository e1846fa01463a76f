package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;

class SummaryKeyTest {

  @Test
  void keysOfOneWindowLieBetweenItsStartAndTheNext() {
    Bytes from = Bytes.wrap(SummaryKey.from("demo@r1", 60_000));
    Bytes to = Bytes.wrap(SummaryKey.from("demo@r1", 120_000));

    assertThat(key("demo@r1", 60_000)).isGreaterThan(from).isLessThan(to);
    assertThat(key("demo@r1", 119_999)).isLessThan(to);
    assertThat(key("demo@r1", 120_000)).isGreaterThan(to);
  }

  @Test
  void noOtherModelsKeyLiesBetween() {
    Bytes from = Bytes.wrap(SummaryKey.from("demo@r1", 0));
    Bytes to = Bytes.wrap(SummaryKey.from("demo@r1", Long.MAX_VALUE));

    assertThat(key("demo@r10", 60_000)).isGreaterThan(to);
    assertThat(key("demo@r", 60_000)).isLessThan(from);
    assertThat(key("демо@r1", 60_000)).isGreaterThan(to);
  }

  @Test
  void layersAreInNumericOrder() {
    assertThat(Bytes.wrap(SummaryKey.of("m@r", 0, "site", 2, "i")))
        .isLessThan(Bytes.wrap(SummaryKey.of("m@r", 0, "site", 10, "i")));
  }

  private static Bytes key(String model, long windowStart) {
    return Bytes.wrap(SummaryKey.of(model, windowStart, "block-output", 31, "host"));
  }
}
