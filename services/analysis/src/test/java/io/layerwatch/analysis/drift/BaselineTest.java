package io.layerwatch.analysis.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BaselineTest {

  /** Alternating neighbours are no reason to think that they vary less in the long run. */
  @Test
  void theDeviationIsNeverLessThanThatOfSingleWindows() {
    List<Double> logs = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      logs.add(i % 2 == 0 ? 1.1 : 0.9);
    }
    Baseline baseline = Baseline.of(logs);
    assertThat(baseline.mean()).isCloseTo(1, within(1e-12));
    assertThat(baseline.score()).isCloseTo(Math.E, within(1e-12));
    assertThat(baseline.deviation()).isCloseTo(0.1 * Math.sqrt(60 / 59.0), within(1e-12));
    assertThat(baseline.uncertainty())
        .isCloseTo(2 * baseline.deviation() / Math.sqrt(60), within(1e-12));
  }

  @Test
  void windowsThatResembleTheirNeighboursVaryMoreInTheLongRun() {
    Random random = new Random(1);
    double ratios = 0;
    for (int trial = 0; trial < 500; trial++) {
      List<Double> logs = new ArrayList<>();
      double state = 0;
      for (int i = 0; i < 60; i++) {
        state = 0.6 * state + 0.8 * 0.1 * random.nextGaussian();
        logs.add(state);
      }
      double correlated = Baseline.of(logs).deviation();
      Collections.shuffle(logs, random);
      ratios += correlated / Baseline.of(logs).deviation() / 500;
    }
    // In the long run √((1 + 0.6) ÷ (1 − 0.6)) = 2; of 60 windows and few lags one sees a part.
    assertThat(ratios).isBetween(1.3, 2.0);
  }

  @Test
  void equalWindowsLeaveNoZeroToDivideBy() {
    assertThat(Baseline.of(Collections.nCopies(60, 2.0)).deviation()).isEqualTo(1e-6);
  }
}
