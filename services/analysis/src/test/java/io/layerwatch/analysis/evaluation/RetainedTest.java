package io.layerwatch.analysis.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RetainedTest {

  @Test
  void aGateIsReachedTwoStandardErrorsOff() {
    Retained retained = new Retained(0.96, 0.03);
    assertThat(retained.atLeast()).isCloseTo(0.9, within(1e-12));
    assertThat(retained.reaches(0.8999)).isTrue();
    assertThat(retained.reaches(0.9001)).isFalse();
    assertThat(new Retained(0.9, 0).reaches(0.9)).isTrue();
  }

  @Test
  void whatASampleDoesNotTellReachesNoGate() {
    Retained unknown = new Retained(1, Double.POSITIVE_INFINITY);
    assertThat(unknown.reaches(0.001)).isFalse();
    assertThat(unknown.describe()).isEqualTo("100.0 ± ? %");
  }

  @Test
  void theMarginIsTwoStandardErrors() {
    assertThat(new Retained(0.956, 0.006).describe()).isEqualTo("95.6 ± 1.2 %");
  }

  @Test
  void neitherIsBelowZeroOrNoNumber() {
    assertThatThrownBy(() -> new Retained(-0.1, 0)).hasMessageStartingWith("share: expected");
    assertThatThrownBy(() -> new Retained(Double.NaN, 0)).hasMessageStartingWith("share: expected");
    assertThatThrownBy(() -> new Retained(Double.POSITIVE_INFINITY, 0))
        .hasMessageStartingWith("share: expected");
    assertThatThrownBy(() -> new Retained(1, -0.1)).hasMessageStartingWith("error: expected");
    assertThatThrownBy(() -> new Retained(1, Double.NaN)).hasMessageStartingWith("error: expected");
  }
}
