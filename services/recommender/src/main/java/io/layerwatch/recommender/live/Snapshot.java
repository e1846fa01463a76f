package io.layerwatch.recommender.live;

import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.ModelScores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One moment of a model at a site.
 *
 * @param scores the last window with tokens
 * @param windows windows seen so far
 * @param trends by layer: AVSS of the last windows, oldest first
 * @param drifting by score: the layers that left their baseline, ascending
 */
public record Snapshot(
    Optional<ModelScores> scores,
    Optional<PruningRecommendation> recommendation,
    int windows,
    Map<Integer, List<Double>> trends,
    SortedMap<String, SortedSet<Integer>> drifting) {

  /** Windows that a trend looks back. */
  public static final int TREND = 12;

  static final Snapshot EMPTY =
      new Snapshot(Optional.empty(), Optional.empty(), 0, Map.of(), new TreeMap<>());

  static Snapshot of(LiveModel model, String site) {
    SiteHistory history = model.at(site);
    SortedMap<String, SortedSet<Integer>> drifting = new TreeMap<>();
    for (LayerDrift drift : history.drifting()) {
      drifting.computeIfAbsent(drift.score(), score -> new TreeSet<>()).add(drift.layer());
    }
    return new Snapshot(
        history.last(), model.recommendation, history.seen(), trends(history), drifting);
  }

  private static Map<Integer, List<Double>> trends(SiteHistory history) {
    List<SiteHistory.Kept> windows = history.windows();
    Map<Integer, List<Double>> trends = new TreeMap<>();
    for (SiteHistory.Kept kept :
        windows.subList(Math.max(0, windows.size() - TREND), windows.size())) {
      for (int layer = 0; layer < kept.figures().layerCount(); layer++) {
        List<Double> trend = trends.computeIfAbsent(layer, any -> new ArrayList<>());
        kept.figures().value(LayerFigure.AVSS, layer).ifPresent(trend::add);
      }
    }
    return trends;
  }
}
