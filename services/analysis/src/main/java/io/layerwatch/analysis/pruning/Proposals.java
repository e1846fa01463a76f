package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.pruning.PruningProposal.LayerEvidence;
import io.layerwatch.analysis.pruning.WindowEvidence.Lowest;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.analysis.statistics.Moments;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Builds a proposal, with its evidence, from a run of stable windows. */
final class Proposals {

  private Proposals() {}

  static PruningProposal of(List<Lowest> run, PruningSettings settings) {
    Lowest first = run.get(0);
    Lowest last = run.get(run.size() - 1);
    Map<Integer, Moments> scores = new TreeMap<>();
    for (int layer : last.scores().keySet()) {
      scores.put(
          layer,
          Moments.of(run.stream().mapToDouble(window -> window.scores().get(layer)).toArray()));
    }
    Map<Integer, Double> means = new TreeMap<>();
    scores.forEach((layer, moments) -> means.put(layer, moments.mean()));
    List<Integer> proposed = WindowEvidence.lowest(means, settings);
    Map<Integer, Double> influences = meanBlockInfluences(run);
    List<Integer> byInfluence = WindowEvidence.lowest(influences, settings);
    ModelShape shape = last.window().shape();
    long removed = proposed.size() * shape.layerParameters();
    return new PruningProposal(
        proposed,
        settings.protectedLayers(),
        Ranking.ascending(means).stream()
            .map(
                layer ->
                    new LayerEvidence(
                        layer,
                        means.get(layer),
                        spread(scores.get(layer)),
                        OptionalDouble.of(influences.get(layer)),
                        proposed.contains(layer)))
            .toList(),
        byInfluence,
        Jaccard.similarity(proposed, byInfluence),
        run.size(),
        new TimeWindow(first.window().window().start(), last.window().window().end()),
        run.stream().mapToLong(window -> window.window().tokens()).sum(),
        removed,
        share(removed, shape.modelParameters()),
        share(proposed.size() * shape.layerMultiplyAdds(), shape.modelMultiplyAdds()));
  }

  /** The coefficient of variation: standard deviation ÷ mean. */
  private static double spread(Moments scores) {
    return scores.m2() == 0 ? 0 : Math.sqrt(scores.variance()) / Math.abs(scores.mean());
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  private static Map<Integer, Double> meanBlockInfluences(List<Lowest> run) {
    Map<Integer, Double> means = new TreeMap<>();
    for (Lowest window : run) {
      for (LayerScore layer : window.window().layers()) {
        double influence = layer.statistics().blockInfluence().orElseThrow();
        means.merge(layer.layer(), influence / run.size(), Double::sum);
      }
    }
    return means;
  }
}
