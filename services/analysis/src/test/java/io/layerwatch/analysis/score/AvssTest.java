package io.layerwatch.analysis.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.Examples;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.util.OptionalDouble;
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
  void aLayerOfZerosScoresZeroAndFirmly() {
    Avss avss = Avss.of(statistics(1, 0, new double[100]), 0.01);

    assertThat(avss).isEqualTo(new Avss.Defined(0, OptionalDouble.of(0), 100));
    assertThat(avss.state()).isEqualTo(Avss.State.DEFINED);
  }

  @Test
  void aLayerThatNeverChangesScoresZeroNearZeroAndNothingElsewhere() {
    assertThat(Avss.of(statistics(0, 0, 0.001, 0.001), 0.01).score()).hasValue(0.0);
    assertThat(Avss.of(statistics(0, 0, 5, 5), 0.01))
        .isEqualTo(new Avss.Undefined("no activation lies below threshold 0.01"));
  }

  @Test
  void theLargestAndSmallestActivationsOfSinglePrecisionHaveScores() {
    // −M, 0, 0, M: variance M² ÷ 2, half of it near zero.
    double largest = Float.MAX_VALUE;
    assertThat(Avss.of(statistics(0, 0, -largest, 0, 0, largest), 0.01).score())
        .hasValue(largest * largest);
    double smallest = Float.MIN_VALUE;
    assertThat(Avss.of(statistics(0, 0, -smallest, smallest), 0.01).score())
        .hasValue(smallest * smallest);
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
