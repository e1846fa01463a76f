package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.pruning.PruningProposal.LayerEvidence;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Draws a proposal from windows of evidence. */
final class Proposals {

  private Proposals() {}

  /**
   * The layers of the lowest mean score over the windows, with everything that speaks for them.
   *
   * @param windows oldest first, at least one
   * @param otherSites windows of the same model at other sites
   */
  static PruningProposal of(
      List<ModelScores> windows, List<ModelScores> otherSites, PruningCriteria criteria) {
    ModelShape shape = windows.get(windows.size() - 1).shape();
    int count = criteria.count(shape.layerCount());
    Map<Integer, double[]> scores = scores(windows, criteria.ranking());
    Map<Integer, double[]> influences = scores(windows, Ranking.BLOCK_INFLUENCE);
    List<Integer> layers = EvidenceWindow.lowest(unprotected(means(scores), criteria), count);
    List<Integer> byInfluence =
        EvidenceWindow.lowest(unprotected(means(influences), criteria), count);
    return new PruningProposal(
        layers,
        List.copyOf(criteria.protectedLayers()),
        evidence(scores, means(influences), layers),
        byInfluence,
        Jaccard.similarity(layers, byInfluence),
        OtherRankings.of(windows, otherSites, layers, criteria),
        windows.size(),
        windows.get(0).window().span(windows.get(windows.size() - 1).window()),
        windows.stream().mapToLong(ModelScores::tokens).sum(),
        layers.size() * shape.layerParameters(),
        share(layers.size() * shape.layerParameters(), shape.modelParameters()),
        share(layers.size() * shape.layerMultiplyAdds(), shape.modelMultiplyAdds()));
  }

  /** Each layer's score in every window; a layer without a score in one of them is left out. */
  static Map<Integer, double[]> scores(List<ModelScores> windows, Ranking ranking) {
    Map<Integer, double[]> scores = new TreeMap<>();
    int layers = windows.get(windows.size() - 1).shape().layerCount();
    for (int layer = 0; layer < layers; layer++) {
      int index = layer;
      double[] values =
          windows.stream()
              .map(window -> ranking.score(window.layers().get(index)))
              .filter(OptionalDouble::isPresent)
              .mapToDouble(OptionalDouble::getAsDouble)
              .toArray();
      if (values.length == windows.size()) {
        scores.put(layer, values);
      }
    }
    return scores;
  }

  static Map<Integer, Double> means(Map<Integer, double[]> scores) {
    Map<Integer, Double> means = new TreeMap<>();
    scores.forEach(
        (layer, values) -> means.put(layer, Arrays.stream(values).average().orElseThrow()));
    return means;
  }

  static Map<Integer, Double> unprotected(Map<Integer, Double> means, PruningCriteria criteria) {
    Map<Integer, Double> kept = new TreeMap<>(means);
    kept.keySet().removeAll(criteria.protectedLayers());
    return kept;
  }

  private static List<LayerEvidence> evidence(
      Map<Integer, double[]> scores, Map<Integer, Double> influences, List<Integer> proposed) {
    Map<Integer, Double> means = means(scores);
    List<LayerEvidence> evidence = new ArrayList<>();
    for (int layer : Ranking.ascending(means)) {
      evidence.add(
          new LayerEvidence(
              layer,
              means.get(layer),
              Stability.spread(scores.get(layer)),
              influences.containsKey(layer)
                  ? OptionalDouble.of(influences.get(layer))
                  : OptionalDouble.empty(),
              proposed.contains(layer)));
    }
    return evidence;
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
