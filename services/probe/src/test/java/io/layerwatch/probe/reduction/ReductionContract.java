package io.layerwatch.probe.reduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.probe.reduction.Reduction.Gathering;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every reduction does, against loops in double over the same activations. */
abstract class ReductionContract {

  private static final double[] THRESHOLDS = {1e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1, 3};
  private static final int LAYERS = 3;

  private NDManager manager;

  abstract Reduction reduction(List<Site> sites, double[] thresholds);

  /** Largest relative error of a variance beside a mean a thousand deviations from zero. */
  abstract double errorBesideALargeMean();

  @BeforeEach
  void openManager() {
    manager = NDManager.newBaseManager("PyTorch");
  }

  @AfterEach
  void closeManager() {
    manager.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 17, 32, 33, 100})
  void everyStatisticEqualsALoopOverTheActivations(int tokens) {
    Random random = new Random(3);
    assertAll(States.of(LAYERS, tokens, random::nextGaussian));
  }

  /** From subnormal ones to those whose sums overflow. */
  @ParameterizedTest
  @ValueSource(
      doubles = {1e-42, 1e-38, 1e-30, 1e-24, 1e-20, 1e-16, 1e-12, 1, 1e12, 1e18, 1e20, 1e30, 1e37})
  void activationsOfEveryScale(double scale) {
    Random random = new Random(7);
    assertAll(States.of(LAYERS, 9, () -> scale * random.nextGaussian()));
  }

  @Test
  void oneTokenAmongOrdinaryOnes() {
    Random random = new Random(8);
    float[][][] states = States.of(LAYERS, 40, random::nextGaussian);
    for (float[][] state : states) {
      for (int i = 0; i < States.HIDDEN; i++) {
        state[3][i] *= 1e25f;
        state[5][i] *= 1e-25f;
      }
    }
    assertAll(states);
  }

  /** As attention sinks are: the first token's activations are a thousand times the others'. */
  @Test
  void aHugeFirstToken() {
    Random random = new Random(10);
    float[][][] states = States.of(LAYERS, 70, random::nextGaussian);
    for (float[][] state : states) {
      for (int i = 0; i < States.HIDDEN; i++) {
        state[0][i] *= 1000;
      }
    }
    assertAll(states);
  }

  /** As massive activations are: one hidden unit is thousands of times as large as the others. */
  @Test
  void aHugeHiddenUnit() {
    Random random = new Random(11);
    float[][][] states = States.of(LAYERS, 70, random::nextGaussian);
    for (float[][] state : states) {
      for (float[] token : state) {
        token[4] = 5000 + token[4];
      }
    }
    assertAll(states);
  }

  @Test
  void aSmallVarianceBesideALargeMeanSurvives() {
    Random random = new Random(4);
    float[][][] states = States.of(LAYERS, 50, () -> 1000 + random.nextGaussian());
    LayerStatistics layer = prefill(states).get(Site.BLOCK_OUTPUT).get(0);
    double expected = naive(Site.BLOCK_OUTPUT, states, 0).variance;
    // Uncentred sums of squares would be wrong by a tenth.
    assertThat(layer.moments().variance())
        .isCloseTo(expected, within(errorBesideALargeMean() * expected));
  }

  @Test
  void aLayerThatSwallowsItsInput() {
    Random random = new Random(9);
    float[][][] states = States.of(LAYERS, 9, random::nextGaussian);
    for (float[] token : states[1]) {
      for (int i = 0; i < token.length; i++) {
        token[i] *= 1e-30f;
      }
    }
    assertAll(states);
  }

  @Test
  void activationsTooLargeToSquareInSinglePrecisionDoNotOverflow() {
    float[][][] states = States.of(LAYERS, 2, () -> 1e30);
    states[1][0][0] = -1e30f;
    LayerStatistics layer = prefill(states).get(Site.BLOCK_OUTPUT).get(0);
    assertThat(layer.nonFinite()).isZero();
    double expected =
        NaiveStatistics.of(THRESHOLDS, Site.BLOCK_OUTPUT, states[0], states[1]).variance;
    assertThat(layer.moments().variance()).isCloseTo(expected, within(1e-6 * expected));
  }

  @Test
  void anAllZeroLayerHasNoVarianceAndIsAllNearZero() {
    for (LayerStatistics layer : prefill(States.of(2, 9, () -> 0)).get(Site.BLOCK_OUTPUT)) {
      assertThat(layer.moments().variance()).isZero();
      assertThat(layer.moments().count()).isEqualTo(9L * States.HIDDEN);
      assertThat(layer.sparsity(1e-3)).hasValue(1.0);
      assertThat(layer.pooledVariance()).hasValue(0.0);
      assertThat(layer.cosineSum()).isZero();
    }
  }

  @Test
  void equalActivationsHaveNoVarianceAtAll() {
    LayerStatistics layer = prefill(States.of(2, 9, () -> 0.1)).get(Site.BLOCK_OUTPUT).get(0);
    assertThat(layer.moments().variance()).isZero();
    assertThat(layer.moments().mean()).isEqualTo(0.1f);
  }

  @Test
  void anActivationAtAThresholdIsOnItsRightSide() {
    List<Float> close = new ArrayList<>();
    for (double threshold : THRESHOLDS) {
      float nearest = (float) threshold;
      close.add(nearest);
      close.add(Math.nextUp(nearest));
      close.add(-Math.nextDown(nearest));
      close.add(-Math.nextDown(Math.nextDown(nearest)));
    }
    Iterator<Float> values = Stream.generate(close::stream).flatMap(each -> each).iterator();
    float[][][] states = States.of(LAYERS, 7, values::next);
    List<LayerStatistics> layers = prefill(states).get(Site.BLOCK_OUTPUT);
    for (int layer = 0; layer < LAYERS; layer++) {
      assertNearZero("", layers.get(layer), naive(Site.BLOCK_OUTPUT, states, layer));
    }
  }

  @Test
  void valuesThatAreNotFiniteAreCountedAndKeptApart() {
    Random random = new Random(5);
    float[][][] states = States.of(LAYERS, 6, random::nextGaussian);
    states[2][3][7] = Float.NaN;
    states[2][4][8] = Float.POSITIVE_INFINITY;
    List<LayerStatistics> outputs = prefill(states).get(Site.BLOCK_OUTPUT);
    assertThat(outputs.get(1).nonFinite()).isEqualTo(2);
    assertThat(outputs.get(1).moments().count()).isEqualTo(6 * States.HIDDEN - 2);
    assertThat(outputs.get(1).moments().variance()).isBetween(0.5, 2.0);
    assertThat(outputs.get(0).nonFinite()).isZero();
    assertEqual("", outputs.get(0), naive(Site.BLOCK_OUTPUT, states, 0));
    // The layer after it takes the broken stream as its input.
    assertThat(outputs.get(2).nonFinite()).isZero();
  }

  @Test
  void nothingOfABrokenSequenceIsLeftForTheNext() {
    Random random = new Random(12);
    float[][][] broken = States.of(LAYERS, 40, random::nextGaussian);
    broken[1][20][3] = Float.NaN;
    Reduction reduction = reduction(List.of(Site.values()), THRESHOLDS);
    prefill(reduction, broken);
    float[][][] states = States.of(LAYERS, 40, random::nextGaussian);
    assertAll(states, prefill(reduction, states));
  }

  @ParameterizedTest
  @EnumSource(Site.class)
  void aSiteByItselfIsReadAsBesideTheOthers(Site site) {
    Random random = new Random(15);
    float[][][] states = States.of(LAYERS, 9, random::nextGaussian);
    var alone = prefill(reduction(List.of(site), THRESHOLDS), states);
    assertThat(alone.keySet()).containsExactly(site);
    for (int layer = 0; layer < LAYERS; layer++) {
      assertEqual(site + ": ", alone.get(site).get(layer), naive(site, states, layer));
    }
  }

  /** One reduction serves models of one width, but nothing says so. */
  @Test
  void anotherWidthIsReducedByItself() {
    Reduction reduction = reduction(List.of(Site.BLOCK_OUTPUT), THRESHOLDS);
    prefill(reduction, States.of(LAYERS, 4, new Random(16)::nextGaussian));
    try (NDManager scope = manager.newSubManager()) {
      List<NDArray> narrow =
          List.of(scope.zeros(new Shape(1, 3, 5)), scope.ones(new Shape(1, 3, 5)));
      LayerStatistics layer =
          reduction
              .reduce(scope, new BlockStates(narrow, 0, 0, 3), true)
              .get(Site.BLOCK_OUTPUT)
              .get(0);
      assertThat(layer.moments().count()).isEqualTo(15);
      assertThat(layer.moments().mean()).isEqualTo(1);
    }
  }

  @Test
  void onlyTheTokensThatCountAreReduced() {
    Random random = new Random(13);
    float[][][] first = States.of(LAYERS, 12, random::nextGaussian);
    float[][][] second = States.of(LAYERS, 12, random::nextGaussian);
    try (NDManager scope = manager.newSubManager()) {
      List<NDArray> a = States.pass(scope, first, 0, 12);
      List<NDArray> b = States.pass(scope, second, 0, 12);
      List<NDArray> batch = new ArrayList<>();
      for (int state = 0; state <= LAYERS; state++) {
        batch.add(NDArrays.concat(new NDList(a.get(state), b.get(state)), 0));
      }
      BlockStates states = new BlockStates(batch, 1, 2, 9);
      var reduced = reduction(List.of(Site.values()), THRESHOLDS).reduce(scope, states, true);
      assertAll(States.slice(second, 2, 9), reduced);
    }
  }

  @Test
  void halfPrecisionIsReducedInSingle() {
    Random random = new Random(14);
    // Squares and sums of these are infinite in half precision.
    float[][][] states = States.of(LAYERS, 20, () -> 3000 * random.nextGaussian());
    try (NDManager scope = manager.newSubManager()) {
      List<NDArray> halves = new ArrayList<>();
      for (NDArray state : States.pass(scope, states, 0, 20)) {
        halves.add(state.toType(DataType.FLOAT16, true));
      }
      float[][][] rounded = States.ofArrays(halves);
      assertAll(
          rounded,
          reduction(List.of(Site.values()), THRESHOLDS)
              .reduce(scope, new BlockStates(halves, 0, 0, 20), true));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16})
  void gatheredTokensAreReducedTogether(int tokens) {
    Random random = new Random(6);
    float[][][] states = States.of(LAYERS, tokens, random::nextGaussian);
    Reduction reduction = reduction(List.of(Site.values()), THRESHOLDS);
    try (Gathering gathering = reduction.gather(manager)) {
      // Twice: nothing of the first is left.
      for (int round = 0; round < 2; round++) {
        for (int token = 0; token < tokens; token++) {
          try (NDManager scope = manager.newSubManager()) {
            gathering.add(tokenOf(scope, states, token));
          }
        }
        assertThat(gathering.tokens()).isEqualTo(tokens);
        var reduced = gathering.reduce();
        assertThat(gathering.tokens()).isZero();
        for (Site site : Site.values()) {
          for (int layer = 0; layer < LAYERS; layer++) {
            LayerStatistics actual = reduced.get(site).get(layer);
            NaiveStatistics expected = naive(site, states, layer);
            assertThat(actual.tokens()).isEqualTo(tokens);
            assertThat(actual.sequences()).isZero();
            assertThat(actual.pooledVarianceSum()).isZero();
            assertClose("variance", actual.moments().variance(), expected.variance);
            assertNearZero("", actual, expected);
          }
        }
      }
    }
  }

  /** As the second of a batch, so that it has to be found. */
  private static BlockStates tokenOf(NDManager scope, float[][][] states, int token) {
    List<NDArray> batch = new ArrayList<>();
    for (NDArray state : States.pass(scope, states, token, token + 1)) {
      batch.add(NDArrays.concat(new NDList(state.mul(7), state), 0));
    }
    return new BlockStates(batch, 1, 0, 1);
  }

  private void assertAll(float[][][] states) {
    assertAll(states, prefill(states));
  }

  private Map<Site, List<LayerStatistics>> prefill(float[][][] states) {
    return prefill(reduction(List.of(Site.values()), THRESHOLDS), states);
  }

  private Map<Site, List<LayerStatistics>> prefill(Reduction reduction, float[][][] states) {
    int tokens = states[0].length;
    try (NDManager scope = manager.newSubManager()) {
      List<NDArray> pass = States.pass(scope, states, 0, tokens);
      return reduction.reduce(scope, new BlockStates(pass, 0, 0, tokens), true);
    }
  }

  private static NaiveStatistics naive(Site site, float[][][] states, int layer) {
    return NaiveStatistics.of(THRESHOLDS, site, states[layer], states[layer + 1]);
  }

  private static void assertAll(float[][][] states, Map<Site, List<LayerStatistics>> reduced) {
    for (Site site : Site.values()) {
      for (int layer = 0; layer < LAYERS; layer++) {
        LayerStatistics actual = reduced.get(site).get(layer);
        String where = site + " of layer " + layer + ": ";
        assertThat(actual.tokens()).as(where + "tokens").isEqualTo(states[0].length);
        assertThat(actual.sequences()).as(where + "sequences").isEqualTo(1);
        assertThat(actual.moments().count())
            .as(where + "count")
            .isEqualTo((long) states[0].length * States.HIDDEN);
        assertEqual(where, actual, naive(site, states, layer));
      }
    }
  }

  private static void assertEqual(String where, LayerStatistics actual, NaiveStatistics expected) {
    assertThat(actual.nonFinite()).as(where + "non-finite").isZero();
    var moments = actual.moments();
    assertThat(moments.mean())
        .as(where + "mean")
        .isCloseTo(
            expected.mean,
            within(1e-6 * Math.sqrt(expected.variance) + 1e-8 * Math.abs(expected.mean)));
    assertClose(where + "variance", moments.variance(), expected.variance);
    assertClose(where + "min", moments.min(), expected.min);
    assertClose(where + "max", moments.max(), expected.max);
    assertClose(
        where + "pooled variance", actual.pooledVariance().orElseThrow(), expected.pooledVariance);
    assertThat(actual.cosineSum())
        .as(where + "cosines")
        .isCloseTo(expected.cosineSum, within(1e-5));
    assertNearZero(where, actual, expected);
  }

  private static void assertNearZero(
      String where, LayerStatistics actual, NaiveStatistics expected) {
    for (int rung = 0; rung < THRESHOLDS.length; rung++) {
      assertThat(actual.nearZero().count(rung))
          .as(where + "near zero, " + THRESHOLDS[rung])
          .isEqualTo(expected.below[rung]);
    }
  }

  private static void assertClose(String what, double actual, double expected) {
    assertThat(actual).as(what).isCloseTo(expected, within(1e-6 * Math.abs(expected)));
  }
}
