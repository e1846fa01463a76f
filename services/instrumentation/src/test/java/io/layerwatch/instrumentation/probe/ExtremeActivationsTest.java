package io.layerwatch.instrumentation.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.model.TorchThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Activations whose squares single precision cannot hold, against loops in double. */
class ExtremeActivationsTest {

  private static final double[] THRESHOLDS = {1e-3, 1e-2, 1e-1};
  private static final int TOKENS = 9;

  private NDManager manager;

  @BeforeEach
  void openManager() {
    TorchThreads.inferenceOnly();
    manager = NDManager.newBaseManager("PyTorch");
  }

  @AfterEach
  void closeManager() {
    manager.close();
  }

  /** From subnormal ones to those whose sums overflow. */
  @ParameterizedTest
  @ValueSource(
      doubles = {1e-42, 1e-38, 1e-30, 1e-24, 1e-20, 1e-16, 1e-12, 1, 1e12, 1e18, 1e20, 1e30, 1e37})
  void everyStatisticAtEverySite(double scale) {
    Random random = new Random(7);
    assertAll(States.of(2, TOKENS, () -> scale * random.nextGaussian()));
  }

  @Test
  void oneTokenAmongOrdinaryOnes() {
    Random random = new Random(8);
    float[][][] states = States.of(2, TOKENS, random::nextGaussian);
    for (float[][] state : states) {
      for (int i = 0; i < States.HIDDEN; i++) {
        state[3][i] *= 1e25f;
        state[5][i] *= 1e-25f;
      }
    }
    assertAll(states);
  }

  @Test
  void aLayerThatSwallowsItsInput() {
    Random random = new Random(9);
    float[][][] states = States.of(2, TOKENS, random::nextGaussian);
    for (float[] token : states[1]) {
      for (int i = 0; i < token.length; i++) {
        token[i] *= 1e-30f;
      }
    }
    assertAll(states);
  }

  @Test
  void anAllZeroLayerHasNoVarianceAndIsAllNearZero() {
    for (LayerStatistics layer : observe(States.of(2, TOKENS, () -> 0)).get(Site.BLOCK_OUTPUT)) {
      assertThat(layer.moments().variance()).isZero();
      assertThat(layer.moments().count()).isEqualTo((long) TOKENS * States.HIDDEN);
      assertThat(layer.sparsity(1e-3)).hasValue(1.0);
      assertThat(layer.pooledVariance()).hasValue(0.0);
      assertThat(layer.cosineSum()).isZero();
    }
  }

  @Test
  void equalActivationsHaveNoVarianceAtAll() {
    LayerStatistics layer = observe(States.of(2, TOKENS, () -> 0.1)).get(Site.BLOCK_OUTPUT).get(0);
    assertThat(layer.moments().variance()).isZero();
    assertThat(layer.moments().mean()).isEqualTo(0.1f);
  }

  private void assertAll(float[][][] states) {
    var observed = observe(states);
    for (Site site : Site.values()) {
      for (int layer = 0; layer < states.length - 1; layer++) {
        assertEqual(
            site + " of layer " + layer + ": ",
            observed.get(site).get(layer),
            NaiveStatistics.of(THRESHOLDS, site, states[layer], states[layer + 1]));
      }
    }
  }

  private static void assertEqual(String where, LayerStatistics actual, NaiveStatistics expected) {
    assertThat(actual.nonFinite()).as(where + "non-finite").isZero();
    var moments = actual.moments();
    assertThat(moments.mean())
        .as(where + "mean")
        .isCloseTo(expected.mean, within(1e-6 * Math.sqrt(expected.variance)));
    assertClose(where + "variance", moments.variance(), expected.variance);
    assertClose(where + "min", moments.min(), expected.min);
    assertClose(where + "max", moments.max(), expected.max);
    assertClose(
        where + "pooled variance", actual.pooledVariance().orElseThrow(), expected.pooledVariance);
    assertThat(actual.cosineSum())
        .as(where + "cosines")
        .isCloseTo(expected.cosineSum, within(1e-5));
    for (int rung = 0; rung < THRESHOLDS.length; rung++) {
      assertThat(actual.nearZero().count(rung))
          .as(where + "near zero, " + THRESHOLDS[rung])
          .isEqualTo(expected.below[rung]);
    }
  }

  private static void assertClose(String what, double actual, double expected) {
    assertThat(actual).as(what).isCloseTo(expected, within(1e-6 * Math.abs(expected)));
  }

  private Map<Site, List<LayerStatistics>> observe(float[][][] states) {
    List<ActivationProbe.Observation> seen = new ArrayList<>();
    ActivationProbe probe = new ActivationProbe(List.of(Site.values()), THRESHOLDS);
    try (NDManager scope = manager.newSubManager();
        SequenceProbe sequence =
            new ObservingSequenceProbe(
                probe,
                seen::add,
                (tokens, error) -> {
                  throw new AssertionError(error);
                })) {
      sequence.prefilled(scope, States.pass(scope, states, 0, TOKENS));
    }
    return seen.get(0).layersBySite();
  }
}
