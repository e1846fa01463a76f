package io.layerwatch.standalone.terminal;

import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the topics have said last, as a view shows it. Safe for use by several threads. */
final class LiveState {

  /** Windows that a trend looks back. */
  static final int TREND = 12;

  private final String site;
  private final Map<Integer, Deque<Double>> trends = new TreeMap<>();
  private final SortedMap<String, SortedSet<Integer>> drifting = new TreeMap<>();
  private Optional<ModelScores> scores = Optional.empty();
  private Optional<PruningRecommendation> recommendation = Optional.empty();
  private int windows;

  LiveState(String site) {
    this.site = site;
  }

  /**
   * One moment of it.
   *
   * @param scores the last window with tokens
   * @param windows windows seen so far
   * @param trends by layer: AVSS of the last windows, oldest first
   * @param drifting by score: the layers that left their baseline, ascending
   */
  record Snapshot(
      Optional<ModelScores> scores,
      Optional<PruningRecommendation> recommendation,
      int windows,
      Map<Integer, List<Double>> trends,
      SortedMap<String, SortedSet<Integer>> drifting) {}

  /** Takes a closed window; true when it is one that the view shows. */
  synchronized boolean add(ModelScores window) {
    if (!window.site().equals(site) || window.tokens() == 0) {
      return false;
    }
    scores = Optional.of(window);
    windows++;
    for (LayerScore layer : window.layers()) {
      Deque<Double> trend = trends.computeIfAbsent(layer.layer(), key -> new ArrayDeque<>());
      layer.avss().score().ifPresent(trend::add);
      if (trend.size() > TREND) {
        trend.removeFirst();
      }
    }
    return true;
  }

  /** Takes a recommendation. */
  synchronized void add(PruningRecommendation current) {
    recommendation = Optional.of(current);
  }

  /** Takes drift that was raised or cleared. */
  synchronized void add(LayerDrift drift) {
    if (!drift.site().equals(site)) {
      return;
    }
    SortedSet<Integer> layers = drifting.computeIfAbsent(drift.score(), key -> new TreeSet<>());
    if (drift.raised()) {
      layers.add(drift.layer());
    } else {
      layers.remove(drift.layer());
    }
  }

  synchronized Snapshot snapshot() {
    SortedMap<String, SortedSet<Integer>> left = new TreeMap<>();
    drifting.forEach((score, layers) -> left.put(score, new TreeSet<>(layers)));
    left.values().removeIf(Set::isEmpty);
    Map<Integer, List<Double>> copies = new TreeMap<>();
    trends.forEach((layer, trend) -> copies.put(layer, new ArrayList<>(trend)));
    return new Snapshot(scores, recommendation, windows, copies, left);
  }
}
