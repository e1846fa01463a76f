package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.score.Avss;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Windows at the edges of what can be scored come out as such, and stop nothing. */
class HardNumbersTest {

  private static final Summaries DEMO = Summaries.DEMO;

  private final ScorerHarness scorer = new ScorerHarness();

  @AfterEach
  void close() {
    assertThat(scorer.reasons()).isEmpty();
    scorer.close();
  }

  @Test
  void aLayerOfZerosScoresZeroAndTakesNoShare() {
    ModelScores scores = window(token(new double[200]), token(-2, 0, 0, 2));

    assertThat(scores.complete()).isTrue();
    assertThat(scores.layers().get(0).avss())
        .isEqualTo(new Avss.Defined(0, OptionalDouble.empty(), 200));
    assertThat(scores.layers())
        .extracting(layer -> layer.normalizedAvss().orElseThrow())
        .containsExactly(0.0, 1.0);
  }

  @Test
  void aModelOfZerosHasScoresAndNoShares() {
    ModelScores scores = window(token(new double[200]), token(new double[200]));

    assertThat(scores.complete()).isTrue();
    assertThat(scores.layers())
        .allSatisfy(
            layer -> {
              assertThat(layer.avss().score()).hasValue(0.0);
              assertThat(layer.normalizedAvss()).isEmpty();
            });
  }

  @Test
  void aSingleTokenMakesACompleteWindow() {
    ModelScores scores = window(token(-2, 0, 0, 2), token(0));

    assertThat(scores.complete()).isTrue();
    assertThat(scores.tokens()).isEqualTo(1);
    assertThat(scores.layers().get(0).avss().score()).hasValue(4.0);
    assertThat(scores.layers().get(1).statistics().moments()).isEqualTo(new Moments(1, 0, 0, 0, 0));
  }

  @Test
  void aWindowOfNothingFiniteSaysSo() {
    ModelScores scores = window(token(Double.NaN), token(0));

    assertThat(scores.complete()).isTrue();
    assertThat(scores.layers().get(0).statistics().nonFinite()).isEqualTo(1);
    assertThat(scores.layers().get(0).avss())
        .isEqualTo(new Avss.Undefined("no finite activation was seen"));
    assertThat(scores.layers().get(1).normalizedAvss()).isEmpty();
  }

  /** A trillion of the largest that single precision holds, half of them negative. */
  @Test
  void theLargestActivationsAreScoredHoweverMany() {
    double largest = Float.MAX_VALUE;
    long count = 1_000_000_000_000L;
    LayerStatistics extreme =
        new LayerStatistics(
            1,
            0,
            new Moments(count, 0, largest * largest * count, -largest, largest),
            0,
            NearZeroLadder.empty(0.01),
            0,
            1);
    ModelScores scores = window(extreme, extreme);

    assertThat(scores.layers().get(0).statistics().moments().variance())
        .isEqualTo(largest * largest);
  }

  private ModelScores window(LayerStatistics first, LayerStatistics second) {
    scorer.send(DEMO.layer(0, 0, 10, first), DEMO.layer(1, 0, 10, second));
    scorer.send(DEMO.both(70, 1));
    return scorer.scores.readValue();
  }

  private static LayerStatistics token(double... values) {
    Moments moments = Moments.of(values);
    return new LayerStatistics(
        1,
        0,
        moments,
        values.length - moments.count(),
        NearZeroLadder.of(new double[] {0.01}, values),
        0,
        1);
  }
}
