package io.layerwatch.instrumentation.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.instrumentation.probe.ActivationProbe.Observation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
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
  private static final int HIDDEN = 40;

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
    float[][][] states = states(17, random::nextGaussian);
    List<LayerStatistics> layers = prefill(states).layersBySite().get(site);
    for (int layer = 0; layer < LAYERS; layer++) {
      assertEqual(layers.get(layer), site, states[layer], states[layer + 1]);
    }
  }

  @Test
  void aSmallVarianceBesideALargeMeanSurvives() {
    Random random = new Random(4);
    float[][][] states = states(50, () -> 1000 + random.nextGaussian());
    LayerStatistics layer = prefill(states).layersBySite().get(Site.BLOCK_OUTPUT).get(0);
    double expected = naive(Site.BLOCK_OUTPUT, states[0], states[1]).variance;
    assertThat(layer.moments().variance()).isCloseTo(expected, within(1e-4 * expected));
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
    float[][][] states = states(7, values::next);
    List<LayerStatistics> layers = prefill(states).layersBySite().get(Site.BLOCK_OUTPUT);
    for (int layer = 0; layer < LAYERS; layer++) {
      assertEqual(layers.get(layer), Site.BLOCK_OUTPUT, states[layer], states[layer + 1]);
    }
  }

  @Test
  void valuesThatAreNotFiniteAreCountedAndKeptApart() {
    Random random = new Random(5);
    float[][][] states = states(6, random::nextGaussian);
    states[2][3][7] = Float.NaN;
    states[2][4][8] = Float.POSITIVE_INFINITY;
    List<LayerStatistics> outputs = prefill(states).layersBySite().get(Site.BLOCK_OUTPUT);
    assertThat(outputs.get(1).nonFinite()).isEqualTo(2);
    assertThat(outputs.get(1).moments().count()).isEqualTo(6 * HIDDEN - 2);
    assertThat(outputs.get(1).moments().variance()).isBetween(0.5, 2.0);
    assertThat(outputs.get(0).nonFinite()).isZero();
    assertEqual(outputs.get(0), Site.BLOCK_OUTPUT, states[0], states[1]);
    // The layer after it takes the broken stream as its input.
    assertThat(outputs.get(2).nonFinite()).isZero();
  }

  @Test
  void activationsTooLargeToSquareInSinglePrecisionDoNotOverflow() {
    float[][][] states = states(2, () -> 1e30);
    states[1][0][0] = -1e30f;
    LayerStatistics layer = prefill(states).layersBySite().get(Site.BLOCK_OUTPUT).get(0);
    assertThat(layer.nonFinite()).isZero();
    double expected = naive(Site.BLOCK_OUTPUT, states[0], states[1]).variance;
    assertThat(layer.moments().variance()).isCloseTo(expected, within(1e-6 * expected));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 40})
  void decodedTokensAreGatheredWithoutLosingOne(int tokens) {
    Random random = new Random(6);
    float[][][] states = states(tokens, random::nextGaussian);
    List<Observation> seen = new ArrayList<>();
    try (SequenceProbe sequence =
        new ObservingSequenceProbe(probe, seen::add, ActivationProbeTest::fail)) {
      for (int token = 0; token < tokens; token++) {
        try (NDManager scope = manager.newSubManager()) {
          sequence.decoded(manager, pass(scope, states, token, token + 1));
        }
      }
    }
    for (Site site : Site.values()) {
      LayerStatistics merged =
          seen.stream()
              .map(each -> each.layersBySite().get(site).get(1))
              .reduce(LayerStatistics::merge)
              .orElseThrow();
      Naive expected = naive(site, states[1], states[2]);
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
    float[][][] states = states(4 + 17, () -> 1);
    try (NDManager scope = manager.newSubManager();
        SequenceProbe sequence =
            new ObservingSequenceProbe(
                probe,
                observation -> {
                  throw new IllegalStateException("the sink is broken");
                },
                (tokens, error) -> unobserved.add(tokens))) {
      sequence.prefilled(scope, pass(scope, states, 0, 4));
      for (int token = 4; token < 4 + 17; token++) {
        sequence.decoded(scope, pass(scope, states, token, token + 1));
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
      sequence.prefilled(scope, pass(scope, states, 0, states[0].length));
    }
    return seen.get(0);
  }

  private static Pass pass(NDManager scope, float[][][] states, int from, int to) {
    List<NDArray> arrays = new ArrayList<>();
    for (float[][] state : states) {
      float[] flat = new float[(to - from) * HIDDEN];
      for (int token = from; token < to; token++) {
        System.arraycopy(state[token], 0, flat, (token - from) * HIDDEN, HIDDEN);
      }
      arrays.add(scope.create(flat, new Shape(1, (long) to - from, HIDDEN)).duplicate());
    }
    return new Pass(arrays);
  }

  private static float[][][] states(int tokens, DoubleSupplier value) {
    float[][][] states = new float[LAYERS + 1][tokens][HIDDEN];
    for (float[][] state : states) {
      for (float[] token : state) {
        for (int i = 0; i < HIDDEN; i++) {
          token[i] = (float) value.getAsDouble();
        }
      }
    }
    return states;
  }

  private static void assertEqual(
      LayerStatistics actual, Site site, float[][] input, float[][] output) {
    Naive expected = naive(site, input, output);
    assertThat(actual.tokens()).isEqualTo(input.length);
    assertThat(actual.sequences()).isEqualTo(1);
    assertThat(actual.moments().count()).isEqualTo((long) input.length * HIDDEN);
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

  private static final class Naive {
    private double mean;
    private double variance;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private final long[] below = new long[THRESHOLDS.length];
    private double pooledVariance;
    private double cosineSum;
  }

  private static Naive naive(Site site, float[][] input, float[][] output) {
    int tokens = input.length;
    double[][] x = new double[tokens][HIDDEN];
    Naive naive = new Naive();
    for (int t = 0; t < tokens; t++) {
      double square = 0;
      double outputSquare = 0;
      double dot = 0;
      for (int i = 0; i < HIDDEN; i++) {
        square += (double) input[t][i] * input[t][i];
        outputSquare += (double) output[t][i] * output[t][i];
        dot += (double) input[t][i] * output[t][i];
      }
      naive.cosineSum += dot / Math.sqrt(square * outputSquare);
      for (int i = 0; i < HIDDEN; i++) {
        // As the device sees it: differences and quotients are single precision.
        float difference = output[t][i] - input[t][i];
        x[t][i] =
            switch (site) {
              case BLOCK_OUTPUT -> output[t][i];
              case BLOCK_CONTRIBUTION -> difference;
              case RELATIVE_CONTRIBUTION -> difference / Math.sqrt(square / HIDDEN);
            };
        naive.mean += x[t][i] / (tokens * HIDDEN);
        naive.min = Math.min(naive.min, x[t][i]);
        naive.max = Math.max(naive.max, x[t][i]);
        for (int rung = 0; rung < THRESHOLDS.length; rung++) {
          naive.below[rung] += Math.abs(x[t][i]) < THRESHOLDS[rung] ? 1 : 0;
        }
      }
    }
    double[] unitMeans = new double[HIDDEN];
    double meanOfMeans = 0;
    for (int i = 0; i < HIDDEN; i++) {
      for (double[] token : x) {
        naive.variance += Math.pow(token[i] - naive.mean, 2) / (tokens * HIDDEN);
        unitMeans[i] += token[i] / tokens;
      }
      meanOfMeans += unitMeans[i] / HIDDEN;
    }
    for (double unitMean : unitMeans) {
      naive.pooledVariance += Math.pow(unitMean - meanOfMeans, 2) / (HIDDEN - 1);
    }
    return naive;
  }
}
