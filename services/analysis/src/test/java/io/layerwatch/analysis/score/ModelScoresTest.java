package io.layerwatch.analysis.score;

import static io.layerwatch.analysis.Examples.layer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.analysis.Examples;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ModelScoresTest {

  @Test
  void aWindowIsCompleteWhenEveryLayerSawTheSameTokens() {
    ModelScores scores = Examples.windowOfTokens(0, 500, 1, 2, 3);

    assertThat(scores.complete()).isTrue();
    assertThat(scores.tokens()).isEqualTo(500);
  }

  @Test
  void missingLayersAreNamed() {
    assertThat(reason(4, Map.of(1, layer(1, 0.1, 5), 2, layer(1, 0.1, 5))))
        .isEqualTo("2 of 4 layers missing: 0, 3");
  }

  @Test
  void aLayerThatSawFewerTokensMakesTheWindowIncomplete() {
    assertThat(reason(2, Map.of(0, layer(1, 0.1, 5), 1, layer(1, 0.1, 4))))
        .isEqualTo("layer 1 reports 4 of 5 tokens");
  }

  @Test
  void heartbeatsAloneAreNoEvidence() {
    assertThat(reason(2, Map.of(0, LayerStatistics.empty(0.01), 1, LayerStatistics.empty(0.01))))
        .isEqualTo("no token was seen");
  }

  @Test
  void aLayerTwiceOrBeyondTheModelIsRefused() {
    ModelScores scores = Examples.window(0, 1, 2);
    LayerScore first = scores.layers().get(0);
    LayerScore second = scores.layers().get(1);

    assertThatThrownBy(() -> withLayers(scores, List.of(first, first)))
        .hasMessage("layers: expected ascending layers from 0 to 1, got [0, 0]");
    assertThatThrownBy(() -> withLayers(scores, List.of(second, first)))
        .hasMessage("layers: expected ascending layers from 0 to 1, got [1, 0]");
    assertThatThrownBy(
            () ->
                withLayers(
                    scores,
                    List.of(
                        new LayerScore(
                            2, second.statistics(), second.avss(), second.normalizedAvss()))))
        .hasMessage("layers: expected ascending layers from 0 to 1, got [2]");
  }

  private static ModelScores withLayers(ModelScores scores, List<LayerScore> layers) {
    return new ModelScores(
        scores.model(),
        scores.shape(),
        scores.site(),
        scores.window(),
        scores.sources(),
        scores.sparsityThreshold(),
        layers);
  }

  private static String reason(int layerCount, Map<Integer, LayerStatistics> layers) {
    ModelScores scores = Examples.window(0, layerCount, new TreeMap<>(layers));
    assertThat(scores.complete()).isFalse();
    return scores.incompleteReason().orElseThrow();
  }
}
