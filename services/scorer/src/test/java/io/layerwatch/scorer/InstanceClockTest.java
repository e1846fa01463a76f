package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceClockTest {

  /** A window that ends at 60; intervals of one. */
  @ParameterizedTest
  @CsvSource({
    // grace, the first interval by which the window may close
    "0, 60",
    "1, 61",
    "2, 61",
    "3, 62",
    "30, 89"
  })
  void aWindowMayCloseWhenItsGraceAndAnIntervalAfterItAreOver(long grace, long first) {
    assertThat(closes(grace, first - 1)).isFalse();
    assertThat(closes(grace, first)).isTrue();
  }

  /** As the scorer asks. */
  private static boolean closes(long grace, long start) {
    long millis = 1_000;
    long reached = new InstanceClock(start * millis, (start + 1) * millis).reached(grace * millis);
    return reached - grace * millis >= 60 * millis;
  }
}
