package io.layerwatch.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LinearFitTest {

  @Test
  void aLineIsFound() {
    LinearFit fit = LinearFit.of(new double[] {1, 2, 4}, new double[] {5, 7, 11});

    assertThat(fit.intercept()).isCloseTo(3, within(1e-12));
    assertThat(fit.slope()).isCloseTo(2, within(1e-12));
    assertThat(fit.rSquared()).isCloseTo(1, within(1e-12));
  }

  /** Anscombe's first quartet: y = 3.00 + 0.500 x, R² 0.67 (The American Statistician 27, 1973). */
  @Test
  void whatScattersIsSaid() {
    LinearFit fit =
        LinearFit.of(
            new double[] {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5},
            new double[] {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68});

    assertThat(fit.intercept()).isCloseTo(3.00, within(0.005));
    assertThat(fit.slope()).isCloseTo(0.500, within(0.0005));
    assertThat(fit.rSquared()).isCloseTo(0.667, within(0.001));
  }
}
