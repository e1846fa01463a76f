package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.pruning.PruningProposal.LayerEvidence;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;

/** Draws a proposal from windows of evidence. */
final class Proposals {

  private Proposals() {}

  /**
   * The layers of the lowest mean score over the windows, with everything that speaks for them.
   *
   * @param windows oldest first, at least one
   */
  static PruningProposal of(List<ModelScores> windows, PruningCriteria criteria) {
    ModelShape shape = windows.get(windows.size() - 1).shape();
    int count = criteria.count(shape.layerCount());
    Map<Integer, double[]> scores = scores(windows, shape, criteria.ranking()::score);
    Map<Integer, double[]> influences = scores(windows, shape, Ranking.BLOCK_INFLUENCE::score);
    List<Integer> layers = EvidenceWindow.lowest(unprotected(means(scores), criteria), count);
    List<Integer> byInfluence =
        EvidenceWindow.lowest(unprotected(means(influences), criteria), count);
    return new PruningProposal(
        layers,
        List.copyOf(criteria.protectedLayers()),
        evidence(scores, means(influences), layers),
        byInfluence,
        Jaccard.similarity(layers, byInfluence),
        windows.size(),
        windows.get(0).window().span(windows.get(windows.size() - 1).window()),
        windows.stream().mapToLong(ModelScores::tokens).sum(),
        layers.size() * shape.layerParameters(),
        share(layers.size() * shape.layerParameters(), shape.modelParameters()),
        share(layers.size() * shape.layerMultiplyAdds(), shape.modelMultiplyAdds()));
  }

  /** Each layer's score in every window; a layer without a score in one of them is left out. */
  private static Map<Integer, double[]> scores(
      List<ModelScores> windows, ModelShape shape, Function<LayerScore, OptionalDouble> score) {
    Map<Integer, double[]> scores = new TreeMap<>();
    for (int layer = 0; layer < shape.layerCount(); layer++) {
      int index = layer;
      double[] values =
          windows.stream()
              .map(window -> score.apply(window.layers().get(index)))
              .filter(OptionalDouble::isPresent)
              .mapToDouble(OptionalDouble::getAsDouble)
              .toArray();
      if (values.length == windows.size()) {
        scores.put(layer, values);
      }
    }
    return scores;
  }

  private static Map<Integer, Double> means(Map<Integer, double[]> scores) {
    Map<Integer, Double> means = new TreeMap<>();
    scores.forEach(
        (layer, values) -> means.put(layer, Arrays.stream(values).average().orElseThrow()));
    return means;
  }

  private static Map<Integer, Double> unprotected(
      Map<Integer, Double> means, PruningCriteria criteria) {
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
