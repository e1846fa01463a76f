package io.layerwatch.analysis.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.analysis.Examples;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LayerScoresProperties {

  @Property(tries = 200)
  void normalisedScoresSumToOne(
      @ForAll @Size(min = 1, max = 100) List<@DoubleRange(min = 0.01, max = 1000) Double> avss) {
    SortedMap<Integer, LayerStatistics> layers = new TreeMap<>();
    for (int layer = 0; layer < avss.size(); layer++) {
      layers.put(layer, Examples.layer(avss.get(layer), 0.1, 10));
    }

    List<LayerScore> scores = LayerScores.of(layers, avss.size(), Examples.THRESHOLD);

    assertThat(scores.stream().mapToDouble(score -> score.normalizedAvss().orElseThrow()).sum())
        .isCloseTo(1, within(1e-12));
  }

  @Property(tries = 200)
  void dividingVarianceAndSparsityByTheirLayerSumsFirstChangesNothing(
      @ForAll @Size(min = 2, max = 50) List<@DoubleRange(min = 0.01, max = 1000) Double> variances,
      @ForAll @IntRange(min = 1, max = 1000) int seed) {
    SortedMap<Integer, LayerStatistics> layers = new TreeMap<>();
    double[] sparsity = new double[variances.size()];
    for (int layer = 0; layer < sparsity.length; layer++) {
      long nearZero = 1 + (seed * 31L + layer * 17L) % 1000;
      sparsity[layer] = nearZero / 1000.0;
      layers.put(layer, Examples.layer(variances.get(layer) / sparsity[layer], 0.1, 10, nearZero));
    }
    double varianceSum = variances.stream().mapToDouble(Double::doubleValue).sum();
    double sparsitySum = Arrays.stream(sparsity).sum();
    double[] paper = new double[sparsity.length];
    for (int layer = 0; layer < paper.length; layer++) {
      paper[layer] = (variances.get(layer) / varianceSum) / (sparsity[layer] / sparsitySum);
    }
    double paperSum = Arrays.stream(paper).sum();

    List<LayerScore> scores = LayerScores.of(layers, paper.length, Examples.THRESHOLD);

    for (int layer = 0; layer < paper.length; layer++) {
      assertThat(scores.get(layer).normalizedAvss().orElseThrow())
          .isCloseTo(paper[layer] / paperSum, within(1e-12));
    }
  }

  @Test
  void nothingIsNormalisedWhileALayerIsMissingOrUndefined() {
    SortedMap<Integer, LayerStatistics> layers = new TreeMap<>();
    layers.put(0, Examples.layer(10, 0.1, 10));
    assertThat(LayerScores.of(layers, 2, Examples.THRESHOLD).get(0).normalizedAvss()).isEmpty();

    layers.put(1, Examples.layer(10, 0.1, 10, 0));
    assertThat(LayerScores.of(layers, 2, Examples.THRESHOLD))
        .allSatisfy(score -> assertThat(score.normalizedAvss()).isEmpty());

    layers.put(1, Examples.layer(30, 0.1, 10));
    assertThat(LayerScores.of(layers, 2, Examples.THRESHOLD))
        .extracting(score -> score.normalizedAvss().orElseThrow())
        .containsExactly(0.25, 0.75);
  }

  @Test
  void aLayerThatScoresZeroHasNoShareAndTakesNone() {
    SortedMap<Integer, LayerStatistics> layers = new TreeMap<>();
    layers.put(0, Examples.layer(10, 0.1, 10));
    layers.put(1, Examples.layer(0, 0.1, 10));
    layers.put(2, Examples.layer(30, 0.1, 10));

    assertThat(LayerScores.of(layers, 3, Examples.THRESHOLD))
        .extracting(score -> score.normalizedAvss().orElseThrow())
        .containsExactly(0.25, 0.0, 0.75);
  }

  @Test
  void whereAllLayersScoreZeroThereIsNoShareToTake() {
    SortedMap<Integer, LayerStatistics> layers = new TreeMap<>();
    layers.put(0, Examples.layer(0, 0.1, 10));
    layers.put(1, Examples.layer(0, 0.1, 10));

    assertThat(LayerScores.of(layers, 2, Examples.THRESHOLD))
        .allSatisfy(
            score -> {
              assertThat(score.avss().score()).hasValue(0.0);
              assertThat(score.normalizedAvss()).isEmpty();
            });
  }
}
