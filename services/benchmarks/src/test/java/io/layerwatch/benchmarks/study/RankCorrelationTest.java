package io.layerwatch.benchmarks.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankCorrelationTest {

  @Test
  void onlyOrderCounts() {
    assertThat(RankCorrelation.of(new double[] {1, 2, 3, 100}, new double[] {-5, 0, 1, 2}))
        .isEqualTo(1, within(1e-12));
    assertThat(RankCorrelation.of(new double[] {1, 2, 3}, new double[] {9, 8, 1}))
        .isEqualTo(-1, within(1e-12));
  }

  /** By 1 − 6 Σd² ÷ (n (n² − 1)), which holds without ties: d = 1, 1, 2, 0, 2. */
  @Test
  void aWorkedExample() {
    assertThat(RankCorrelation.of(new double[] {1, 2, 3, 4, 5}, new double[] {20, 10, 50, 40, 30}))
        .isEqualTo(1 - 6.0 * (1 + 1 + 4 + 0 + 4) / (5 * 24), within(1e-12));
  }

  /** Ranks 0.5, 0.5, 2 beside 0, 1, 2. */
  @Test
  void equalValuesShareTheirRank() {
    assertThat(RankCorrelation.of(new double[] {7, 7, 9}, new double[] {1, 2, 3}))
        .isEqualTo(1.5 / Math.sqrt(1.5 * 2), within(1e-12));
    assertThat(RankCorrelation.of(new double[] {7, 7}, new double[] {1, 2})).isNaN();
  }

  @Test
  void allSubsetsOfASize() {
    assertThat(Subsets.of(4, 2).toString())
        .isEqualTo("[[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]");
    assertThat(Subsets.of(12, 3)).hasSize(220).doesNotHaveDuplicates();
  }
}
