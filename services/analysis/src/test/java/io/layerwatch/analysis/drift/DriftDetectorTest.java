package io.layerwatch.analysis.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.analysis.Examples;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Two layers with scores of 10 and 20, ten windows of which make the baseline. */
class DriftDetectorTest {

  private static final DriftCriteria CRITERIA =
      new DriftCriteria(EnumSet.of(Ranking.AVSS), 10, 0.2, 500);

  private final DriftDetector detector = new DriftDetector(CRITERIA);
  private final List<LayerDrift> changes = new ArrayList<>();
  private Optional<DriftState> state = Optional.empty();
  private int index;

  @Test
  void aScoreThatStaysIsNoDrift() {
    baseline();
    for (int i = 0; i < 1_000; i++) {
      // A tenth up and down: within half of the shift that is sought.
      windows(1, 10 * (i % 3 == 0 ? 1.09 : 0.92), 20);
    }
    assertThat(changes).isEmpty();
  }

  @Test
  void aRiseIsRaisedOnceAndClearedWhenItIsOver() {
    baseline();
    int shifted = index;
    windows(30, 12.5, 20);
    assertThat(changes).hasSize(1);
    LayerDrift raised = changes.get(0);
    assertThat(raised.raised()).isTrue();
    assertThat(raised.layer()).isZero();
    assertThat(raised.site()).isEqualTo(Examples.SITE);
    assertThat(raised.model()).isEqualTo(Examples.MODEL);
    assertThat(raised.score()).isEqualTo("avss");
    assertThat(raised.value()).isCloseTo(12.5, within(1e-9));
    assertThat(raised.baseline()).isCloseTo(10, within(1e-6));
    assertThat(raised.statistic()).isCloseTo(Math.log(1.25), within(1e-6));
    assertThat(raised.statistic()).isGreaterThan(raised.threshold());
    assertThat(raised.reason()).isEqualTo("AVSS is 1.25 times its baseline of 10 windows");
    int windows = (int) (raised.windowEnd().getEpochSecond() / 60) - shifted;
    assertThat(windows).as("windows until it was found").isBetween(4, 10);

    windows(3, 10, 20);
    assertThat(changes).as("not yet").hasSize(1);
    windows(7, 10, 20);
    assertThat(changes).hasSize(2);
    assertThat(changes.get(1).raised()).isFalse();
    assertThat(changes.get(1).reason())
        .isEqualTo(
            "AVSS is 1.00 times its baseline of 10 windows, and has been close to it for long"
                + " enough");
    windows(100, 10, 20);
    assertThat(changes).hasSize(2);
  }

  @Test
  void aFallByTheSameFactorIsFoundAsSoon() {
    baseline();
    windows(30, 12, 20 / 1.2);
    assertThat(changes).extracting(LayerDrift::layer).containsExactly(0, 1);
    assertThat(changes.get(0).windowEnd()).isEqualTo(changes.get(1).windowEnd());
    assertThat(changes.get(1).reason()).startsWith("AVSS is 0.83 times");
  }

  @Test
  void aSingleWindowRaisesNothingAndALargeShiftTakesTwo() {
    baseline();
    windows(1, 1_000, 20);
    windows(5, 10, 20);
    assertThat(changes).isEmpty();
    windows(2, 1_000, 20);
    assertThat(changes).hasSize(1);
  }

  /** From above to below the baseline: the one drift ends, another begins. */
  @Test
  void aDriftThatTurnsRoundIsAnotherOne() {
    baseline();
    windows(10, 15, 20);
    windows(10, 6, 20);
    assertThat(changes).extracting(LayerDrift::raised).containsExactly(true, false, true);
    assertThat(changes.get(2).value()).isCloseTo(6, within(1e-9));
  }

  @Test
  void windowsWithoutEvidenceSayNothingOfScores() {
    baseline();
    for (int i = 0; i < 20; i++) {
      observe(Examples.windowOfTokens(index++, 499, 50, 20));
    }
    SortedMap<Integer, LayerStatistics> half = new TreeMap<>();
    half.put(0, Examples.layer(50, 0.1, 1_000));
    for (int i = 0; i < 20; i++) {
      observe(Examples.window(index++, 2, half));
    }
    assertThat(changes).isEmpty();
    windows(20, 50, 20);
    assertThat(changes).hasSize(1);
  }

  @Test
  void aWeakScoreIsNotWatched() {
    SortedMap<Integer, LayerStatistics> layers = new TreeMap<>();
    layers.put(0, Examples.layer(10, 0.1, 1_000, 99));
    layers.put(1, Examples.layer(20, 0.1, 1_000, 100));
    observe(Examples.window(index++, 2, layers));
    assertThat(state.orElseThrow().watches()).containsOnlyKeys(new WatchedScore(1, Ranking.AVSS));
  }

  @Test
  void scoresAtAnotherThresholdOrOfAnotherSizeBeginAnew() {
    baseline();
    observe(Examples.window(index++, 10, 20, 30));
    assertThat(state.orElseThrow().layerCount()).isEqualTo(3);
    windows3(9, 10, 20, 30);
    windows3(30, 50, 20, 30);
    assertThat(changes).hasSize(1);
  }

  /** Who reads the records need not know why a drift is looked for no more. */
  @Test
  void driftOfAScoreThatIsNotWatchedAnyMoreEnds() {
    baseline();
    windows(30, 15, 20);
    assertThat(changes).hasSize(1);
    DriftDetector other =
        new DriftDetector(new DriftCriteria(EnumSet.of(Ranking.BLOCK_INFLUENCE), 10, 0.2, 500));

    DriftDetector.Step step = other.observe(state, Examples.window(index++, 15, 20));

    assertThat(step.changes()).hasSize(1);
    assertThat(step.changes().get(0).raised()).isFalse();
    assertThat(step.changes().get(0).score()).isEqualTo("avss");
    assertThat(step.changes().get(0).reason()).isEqualTo("AVSS is not watched any more");
    assertThat(step.state().watches().keySet())
        .extracting(WatchedScore::score)
        .doesNotContain(Ranking.AVSS);
  }

  @Test
  void driftOfWindowsThatAreScoredOtherwiseEnds() {
    baseline();
    windows(30, 15, 20);
    observe(nonFinite(3));
    assertThat(changes).hasSize(2);
    observe(Examples.window(index++, 15, 20, 30));
    assertThat(changes.subList(2, changes.size()))
        .extracting(LayerDrift::raised, LayerDrift::layer, LayerDrift::score)
        .containsExactly(tuple(false, 0, "avss"), tuple(false, 1, "non-finite"));
  }

  @Test
  void activationsThatAreNoNumbersAreRaisedAtOnceAndClearedAfterCleanWindows() {
    observe(nonFinite(3));
    assertThat(changes).hasSize(1);
    assertThat(changes.get(0).score()).isEqualTo("non-finite");
    assertThat(changes.get(0).layer()).isEqualTo(1);
    assertThat(changes.get(0).value()).isEqualTo(3);
    assertThat(changes.get(0).reason()).isEqualTo("3 activations are no numbers");
    for (int i = 0; i < 4; i++) {
      observe(nonFinite(0));
    }
    observe(nonFinite(1));
    for (int i = 0; i < 4; i++) {
      observe(nonFinite(0));
    }
    assertThat(changes).as("still").hasSize(1);
    observe(nonFinite(0));
    assertThat(changes).hasSize(2);
    assertThat(changes.get(1).raised()).isFalse();
  }

  @Test
  void progressGoesFromNothingToDrift() {
    windows(9, 10, 20);
    assertThat(progress()).isZero();
    windows(1, 10, 20);
    assertThat(progress()).isZero();
    windows(1, 13, 20);
    assertThat(progress()).isBetween(0.1, 0.9);
    windows(10, 13, 20);
    assertThat(progress()).isEqualTo(1);
  }

  private double progress() {
    return detector.progress(state.orElseThrow().watches().get(new WatchedScore(0, Ranking.AVSS)));
  }

  private void baseline() {
    windows(10, 10, 20);
    assertThat(changes).isEmpty();
  }

  private void windows(int count, double first, double second) {
    for (int i = 0; i < count; i++) {
      observe(Examples.window(index++, first, second));
    }
  }

  private void windows3(int count, double... avss) {
    for (int i = 0; i < count; i++) {
      observe(Examples.window(index++, avss));
    }
  }

  /** Too few tokens to say anything of scores. */
  private ModelScores nonFinite(long count) {
    LayerStatistics layer = Examples.layer(20, 0.1, 1);
    SortedMap<Integer, LayerStatistics> layers = new TreeMap<>();
    layers.put(0, Examples.layer(10, 0.1, 1));
    layers.put(
        1,
        new LayerStatistics(
            layer.tokens(),
            layer.sequences(),
            layer.moments(),
            count,
            new NearZeroLadder(new double[] {Examples.THRESHOLD}, new long[] {100}),
            layer.pooledVarianceSum(),
            layer.cosineSum()));
    return Examples.window(index++, 2, layers);
  }

  private void observe(ModelScores window) {
    DriftDetector.Step step = detector.observe(state, window);
    state = Optional.of(step.state());
    changes.addAll(step.changes());
  }
}
