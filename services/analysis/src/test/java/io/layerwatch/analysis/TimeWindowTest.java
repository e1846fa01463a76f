package io.layerwatch.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeWindowTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void windowsAreAlignedToTheEpochAndHalfOpen() {
    TimeWindow first = window(0, 60_000);

    assertThat(TimeWindow.of(Instant.ofEpochMilli(0), MINUTE)).isEqualTo(first);
    assertThat(TimeWindow.of(Instant.ofEpochMilli(59_999), MINUTE)).isEqualTo(first);
    assertThat(TimeWindow.of(Instant.ofEpochMilli(60_000), MINUTE))
        .isEqualTo(window(60_000, 120_000));
    assertThat(TimeWindow.of(Instant.ofEpochMilli(-1), MINUTE)).isEqualTo(window(-60_000, 0));
  }

  @Test
  void aWindowCoversWhatLiesWhollyWithin() {
    assertThat(window(0, 60).covers(window(0, 60))).isTrue();
    assertThat(window(0, 60).covers(window(59, 61))).isFalse();
    assertThat(window(10, 60).covers(window(9, 20))).isFalse();
  }

  @Test
  void theSpanOfTwoWindowsHoldsTheGapBetween() {
    assertThat(window(30, 40).span(window(0, 10))).isEqualTo(window(0, 40));
  }

  @Test
  void emptyWindowsAreRefused() {
    assertThatThrownBy(() -> window(5, 5)).hasMessageStartingWith("window: expected start before");
    assertThatThrownBy(() -> TimeWindow.of(Instant.EPOCH, Duration.ZERO))
        .hasMessage("size: expected 1 ms or more, got PT0S");
  }

  private static TimeWindow window(long start, long end) {
    return new TimeWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(end));
  }
}
