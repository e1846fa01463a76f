package io.layerwatch.instrumentation.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeShareTest {

  @ParameterizedTest
  @CsvSource({"1, 0", "0.5, 200", "0.1, 1800", "0.01, 19800"})
  void workIsThatShareOfWorkAndRest(double share, long rest) {
    assertThat(new TimeShare(share).restNanos(200)).isEqualTo(rest);
  }
}
