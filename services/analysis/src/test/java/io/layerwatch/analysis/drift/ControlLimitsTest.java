package io.layerwatch.analysis.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.analysis.score.Ranking;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlLimitsTest {

  private static final DriftCriteria CRITERIA = DriftCriteria.DEFAULT;
  private static final double HALF = Math.log(1.2) / 2;

  @Test
  void aScoreThatHardlyVariesNeedsAFewWindows() {
    ControlLimits limits = ControlLimits.of(new Baseline(60, 0, 0.01), CRITERIA);
    assertThat(limits.threshold()).isCloseTo(7 * HALF, within(1e-12));
    assertThat(limits.allowance()).isCloseTo(HALF + 0.02 / Math.sqrt(60), within(1e-12));
  }

  /** The threshold put into the equation that it is to solve. */
  @ParameterizedTest
  @ValueSource(doubles = {0.08, 0.15, 0.5, 2})
  void elseTheThresholdGivesTheMeanTimeToAFalseAlarm(double deviation) {
    ControlLimits limits = ControlLimits.of(new Baseline(60, 0, deviation), CRITERIA);
    double safe = 1.15 * deviation;
    double slope = HALF / safe;
    double exponent = 2 * slope * (limits.threshold() / safe + 1.166);
    double windows = (Math.exp(exponent) - exponent - 1) / (2 * slope * slope);
    assertThat(windows).isCloseTo(4e7, within(4e7 * 1e-6));
  }

  @Test
  void aSmallerShiftIsSoughtWithLessAllowed() {
    DriftCriteria fine = new DriftCriteria(EnumSet.of(Ranking.AVSS), 60, 0.05, 1);
    Baseline baseline = new Baseline(60, 0, 0.05);
    assertThat(ControlLimits.of(baseline, fine).allowance())
        .isLessThan(ControlLimits.of(baseline, CRITERIA).allowance());
  }

  @Test
  void oneWindowIsNoDriftHoweverFarItIsOff() {
    ControlLimits limits = ControlLimits.of(new Baseline(60, 0, 0.01), CRITERIA);
    double once = limits.add(0, 1e9);
    assertThat(limits.reachedBy(once)).isFalse();
    assertThat(limits.reachedBy(limits.add(once, 1e9))).isTrue();
    assertThat(limits.add(once, -1e9)).isZero();
  }
}
