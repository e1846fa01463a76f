package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.score.LayerScore;
import org.junit.jupiter.api.Test;

class ScorerMetricsTest {

  private static final String[] LAYER_1 = {
    "model", "demo", "revision", "r1", "site", "block-output", "layer", "1"
  };

  @Test
  void theLastClosedWindowIsShownForEveryLayer() {
    try (ScorerHarness scorer = new ScorerHarness()) {
      scorer.send(Summaries.DEMO.both(0, 100));
      scorer.send(Summaries.DEMO.both(70, 100));
      LayerScore layer = scorer.published().get(0).layers().get(1);

      assertThat(scorer.metric("layerwatch_layer_avss", LAYER_1))
          .isEqualTo(layer.avss().score().orElseThrow());
      assertThat(scorer.metric("layerwatch_layer_normalized_avss_ratio", LAYER_1))
          .isBetween(0.0, 1.0);
      assertThat(scorer.metric("layerwatch_layer_variance", LAYER_1))
          .isEqualTo(layer.statistics().moments().variance());
      assertThat(scorer.metric("layerwatch_layer_sparsity_ratio", LAYER_1))
          .isEqualTo(layer.statistics().sparsity(0.01).orElseThrow());
      assertThat(scorer.metric("layerwatch_layer_block_influence_ratio", LAYER_1))
          .isEqualTo(layer.statistics().blockInfluence().orElseThrow());
      assertThat(scorer.metric("layerwatch_layer_non_finite_activations", LAYER_1)).isZero();
      assertThat(scorer.closedWindows(true)).isEqualTo(1);
    }
  }

  @Test
  void aLayerThatAWindowLacksShowsNothingOfTheWindowBefore() {
    try (ScorerHarness scorer = new ScorerHarness()) {
      scorer.send(Summaries.DEMO.both(0, 100));
      scorer.send(Summaries.DEMO.layer(0, 70, 100));
      assertThat(scorer.metric("layerwatch_layer_avss", LAYER_1)).isPositive();

      scorer.send(Summaries.DEMO.both(130, 100));

      assertThat(scorer.closedWindows(false)).isEqualTo(1);
      assertThat(scorer.metric("layerwatch_layer_avss", LAYER_1)).isNaN();
    }
  }

  @Test
  void seriesOfAPartitionThatMovedAwayDisappear() {
    ScorerHarness scorer = new ScorerHarness();
    scorer.send(Summaries.DEMO.both(0, 100));
    scorer.send(Summaries.DEMO.both(70, 100));
    assertThat(scorer.metric("layerwatch_layer_avss", LAYER_1)).isPositive();

    scorer.close();

    assertThat(scorer.metric("layerwatch_layer_avss", LAYER_1)).isNaN();
    assertThat(scorer.closedWindows(true)).isNaN();
  }

  @Test
  void seriesOfAModelThatOnlySilenceClosedDisappearToo() {
    ScorerHarness before = new ScorerHarness();
    before.send(Summaries.DEMO.both(0, 100));
    ScorerHarness restored = new ScorerHarness();
    restored.restoreFrom(before);
    before.close();
    restored.pass(30);
    assertThat(restored.metric("layerwatch_layer_avss", LAYER_1)).isPositive();

    restored.close();

    assertThat(restored.metric("layerwatch_layer_avss", LAYER_1)).isNaN();
  }
}
