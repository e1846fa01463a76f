package io.layerwatch.instrumentation.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.instrumentation.probe.ActivationProbe.Observation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reductions on the device against loops in double over the same activations. */
class ActivationProbeTest {

  private static final double[] THRESHOLDS = {1e-3, 1e-2, 1e-1};
  private static final int LAYERS = 3;

  private NDManager manager;
  private final ActivationProbe probe = new ActivationProbe(List.of(Site.values()), THRESHOLDS);

  @BeforeEach
  void openManager() {
    TorchThreads.inferenceOnly();
    manager = NDManager.newBaseManager("PyTorch");
  }

  @AfterEach
  void closeManager() {
    manager.close();
  }

  @ParameterizedTest
  @EnumSource(Site.class)
  void everyStatisticEqualsALoopOverTheActivations(Site site) {
    Random random = new Random(3);
    float[][][] states = States.of(LAYERS, 17, random::nextGaussian);
    List<LayerStatistics> layers = prefill(states).layersBySite().get(site);
    for (int layer = 0; layer < LAYERS; layer++) {
      assertEqual(layers.get(layer), site, states[layer], states[layer + 1]);
    }
  }

  @Test
  void aSmallVarianceBesideALargeMeanSurvives() {
    Random random = new Random(4);
    float[][][] states = States.of(LAYERS, 50, () -> 1000 + random.nextGaussian());
    LayerStatistics layer = prefill(states).layersBySite().get(Site.BLOCK_OUTPUT).get(0);
    double expected =
        NaiveStatistics.of(THRESHOLDS, Site.BLOCK_OUTPUT, states[0], states[1]).variance;
    assertThat(layer.moments().variance()).isCloseTo(expected, within(1e-6 * expected));
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
    List<LayerStatistics> layers = prefill(states).layersBySite().get(Site.BLOCK_OUTPUT);
    for (int layer = 0; layer < LAYERS; layer++) {
      assertEqual(layers.get(layer), Site.BLOCK_OUTPUT, states[layer], states[layer + 1]);
    }
  }

  @Test
  void valuesThatAreNotFiniteAreCountedAndKeptApart() {
    Random random = new Random(5);
    float[][][] states = States.of(LAYERS, 6, random::nextGaussian);
    states[2][3][7] = Float.NaN;
    states[2][4][8] = Float.POSITIVE_INFINITY;
    List<LayerStatistics> outputs = prefill(states).layersBySite().get(Site.BLOCK_OUTPUT);
    assertThat(outputs.get(1).nonFinite()).isEqualTo(2);
    assertThat(outputs.get(1).moments().count()).isEqualTo(6 * States.HIDDEN - 2);
    assertThat(outputs.get(1).moments().variance()).isBetween(0.5, 2.0);
    assertThat(outputs.get(0).nonFinite()).isZero();
    assertEqual(outputs.get(0), Site.BLOCK_OUTPUT, states[0], states[1]);
    // The layer after it takes the broken stream as its input.
    assertThat(outputs.get(2).nonFinite()).isZero();
  }

  @Test
  void activationsTooLargeToSquareInSinglePrecisionDoNotOverflow() {
    float[][][] states = States.of(LAYERS, 2, () -> 1e30);
    states[1][0][0] = -1e30f;
    LayerStatistics layer = prefill(states).layersBySite().get(Site.BLOCK_OUTPUT).get(0);
    assertThat(layer.nonFinite()).isZero();
    double expected =
        NaiveStatistics.of(THRESHOLDS, Site.BLOCK_OUTPUT, states[0], states[1]).variance;
    assertThat(layer.moments().variance()).isCloseTo(expected, within(1e-6 * expected));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 40})
  void decodedTokensAreGatheredWithoutLosingOne(int tokens) {
    Random random = new Random(6);
    float[][][] states = States.of(LAYERS, tokens, random::nextGaussian);
    List<Observation> seen = new ArrayList<>();
    try (SequenceProbe sequence =
        new ObservingSequenceProbe(probe, seen::add, ActivationProbeTest::fail)) {
      for (int token = 0; token < tokens; token++) {
        try (NDManager scope = manager.newSubManager()) {
          sequence.decoded(manager, States.pass(scope, states, token, token + 1));
        }
      }
    }
    for (Site site : Site.values()) {
      LayerStatistics merged =
          seen.stream()
              .map(each -> each.layersBySite().get(site).get(1))
              .reduce(LayerStatistics::merge)
              .orElseThrow();
      NaiveStatistics expected = NaiveStatistics.of(THRESHOLDS, site, states[1], states[2]);
      assertThat(merged.tokens()).isEqualTo(tokens);
      assertThat(merged.sequences()).isZero();
      assertThat(merged.pooledVarianceSum()).isZero();
      assertThat(merged.moments().variance())
          .isCloseTo(expected.variance, within(1e-6 * expected.variance));
    }
    assertThat(seen).hasSize((tokens + 15) / 16);
  }

  @Test
  void aFailingObservationNeverReachesTheSequenceAndItsTokensAreCounted() {
    List<Long> unobserved = new ArrayList<>();
    float[][][] states = States.of(LAYERS, 4 + 17, () -> 1);
    try (NDManager scope = manager.newSubManager();
        SequenceProbe sequence =
            new ObservingSequenceProbe(
                probe,
                observation -> {
                  throw new IllegalStateException("the sink is broken");
                },
                (tokens, error) -> unobserved.add(tokens))) {
      sequence.prefilled(scope, States.pass(scope, states, 0, 4));
      for (int token = 4; token < 4 + 17; token++) {
        sequence.decoded(scope, States.pass(scope, states, token, token + 1));
      }
    }
    assertThat(unobserved).containsExactly(4L, 16L, 1L);
  }

  private static void fail(long tokens, RuntimeException error) {
    throw new AssertionError(error);
  }

  private Observation prefill(float[][][] states) {
    List<Observation> seen = new ArrayList<>();
    try (NDManager scope = manager.newSubManager();
        SequenceProbe sequence =
            new ObservingSequenceProbe(probe, seen::add, ActivationProbeTest::fail)) {
      sequence.prefilled(scope, States.pass(scope, states, 0, states[0].length));
    }
    return seen.get(0);
  }

  private static void assertEqual(
      LayerStatistics actual, Site site, float[][] input, float[][] output) {
    NaiveStatistics expected = NaiveStatistics.of(THRESHOLDS, site, input, output);
    assertThat(actual.tokens()).isEqualTo(input.length);
    assertThat(actual.sequences()).isEqualTo(1);
    assertThat(actual.moments().count()).isEqualTo((long) input.length * States.HIDDEN);
    assertThat(actual.moments().mean()).isCloseTo(expected.mean, within(1e-6));
    assertThat(actual.moments().variance())
        .isCloseTo(expected.variance, within(1e-6 * expected.variance));
    assertThat(actual.moments().min()).isCloseTo(expected.min, within(1e-6));
    assertThat(actual.moments().max()).isCloseTo(expected.max, within(1e-6));
    for (int rung = 0; rung < THRESHOLDS.length; rung++) {
      assertThat(actual.nearZero().count(rung)).isEqualTo(expected.below[rung]);
    }
    assertThat(actual.pooledVariance().orElseThrow())
        .isCloseTo(expected.pooledVariance, within(1e-6 * expected.pooledVariance));
    assertThat(actual.cosineSum()).isCloseTo(expected.cosineSum, within(1e-5));
  }
}
