package io.layerwatch.analysis.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.Examples;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import org.junit.jupiter.api.Test;

class AvssTest {

  private static final double[] LADDER = {0.01, 0.1};

  @Test
  void varianceDividedBySparsityByHand() {
    // −2, 0, 0, 2: variance 2, half below 0.01, AVSS 4.
    Avss avss = Avss.of(statistics(0, 0, -2, 0, 0, 2), 0.01);

    assertThat(avss.score()).hasValue(4.0);
    assertThat(avss.pooledScore()).isEmpty();
  }

  @Test
  void pooledVarianceOfTheMeanSequenceDividedBySparsity() {
    // Two sequences with pooled variances 1 and 2: 1.5 ÷ 0.5.
    assertThat(Avss.of(statistics(2, 3, -2, 0, 0, 2), 0.01).pooledScore()).hasValue(3.0);
  }

  @Test
  void undefinedScoresSayWhy() {
    assertThat(Avss.of(statistics(0, 0, -2, 2), 0.01))
        .isEqualTo(new Avss.Undefined("no activation lies below threshold 0.01"));
    assertThat(Avss.of(statistics(0, 0, -2, 2), 0.5))
        .isEqualTo(new Avss.Undefined("nothing was counted at threshold 0.5"));
    assertThat(Avss.of(statistics(0, 0, Double.NaN), 0.01))
        .isEqualTo(new Avss.Undefined("no finite activation was seen"));
    assertThat(Avss.of(LayerStatistics.empty(LADDER), 0.01).state())
        .isEqualTo(Avss.State.UNDEFINED);
  }

  @Test
  void aScoreIsWeakBelowAHundredNearZeroActivations() {
    Avss weak = Avss.of(Examples.layer(1, 0.1, 10, 99), 0.01);
    Avss firm = Avss.of(Examples.layer(1, 0.1, 10, 100), 0.01);

    assertThat(weak.state()).isEqualTo(Avss.State.WEAK);
    assertThat(weak.weakness())
        .contains("weak: 99 activations lie below the threshold, fewer than 100");
    assertThat(firm.state()).isEqualTo(Avss.State.DEFINED);
    assertThat(firm.weakness()).isEmpty();
  }

  private static LayerStatistics statistics(
      long sequences, double pooledVarianceSum, double... values) {
    Moments moments = Moments.of(values);
    return new LayerStatistics(
        values.length,
        sequences,
        moments,
        values.length - moments.count(),
        NearZeroLadder.of(LADDER, values),
        pooledVarianceSum,
        0);
  }
}
