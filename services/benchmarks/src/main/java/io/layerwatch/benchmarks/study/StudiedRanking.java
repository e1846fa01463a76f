package io.layerwatch.benchmarks.study;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.LayerScores;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.instrumentation.analyze.OfflineAnalysis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A ranking of all layers of a model.
 *
 * @param label what ranks them
 * @param scores by layer: the lowest is the least important
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record StudiedRanking(String label, double[] scores) {

  /** Every score that ranks layers, of what was observed. */
  static List<StudiedRanking> of(OfflineAnalysis analysis, double threshold) {
    List<StudiedRanking> rankings = new ArrayList<>();
    for (Site site : analysis.sites()) {
      List<LayerScore> layers =
          LayerScores.of(
              analysis.statistics(site), analysis.model().config().layerCount(), threshold);
      for (Ranking ranking : List.of(Ranking.AVSS, Ranking.POOLED_AVSS)) {
        add(rankings, ranking.label() + " at " + site.id(), ranking, layers);
      }
      if (site == analysis.sites().get(0)) {
        add(rankings, Ranking.BLOCK_INFLUENCE.label(), Ranking.BLOCK_INFLUENCE, layers);
      }
    }
    return rankings;
  }

  private static void add(
      List<StudiedRanking> rankings, String label, Ranking ranking, List<LayerScore> layers) {
    double[] scores =
        layers.stream().mapToDouble(layer -> ranking.score(layer).orElse(Double.NaN)).toArray();
    if (IntStream.range(0, scores.length).noneMatch(i -> Double.isNaN(scores[i]))) {
      rankings.add(new StudiedRanking(label, scores));
    }
  }

  /** The lowest layers, ascending by number. */
  List<Integer> lowest(int count) {
    Map<Integer, Double> byLayer =
        IntStream.range(0, scores.length)
            .boxed()
            .collect(Collectors.toMap(layer -> layer, layer -> scores[layer]));
    return Ranking.ascending(byLayer).stream().limit(count).sorted().toList();
  }
}
