package io.layerwatch.benchmarks.freshness;

import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.benchmarks.capacity.Fleet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When what a window says was first seen in each place, in epoch milliseconds. A gauge does not
 * name its window; its value does, since no two windows score the same.
 */
final class Arrivals {

  private record Of(String model, long end) {}

  private record Value(String model, double variance) {}

  private final Fleet fleet;
  private final Map<Of, Long> scores = new HashMap<>();
  private final Map<Of, Long> advice = new HashMap<>();
  private final Map<Value, Long> gauges = new HashMap<>();
  private final Map<Of, Value> values = new HashMap<>();

  /** Of that fleet's models; others go on to be scored for a while. */
  Arrivals(Fleet fleet) {
    this.fleet = fleet;
  }

  synchronized void see(ModelScores window, long now) {
    if (!fleet.has(window.model())) {
      return;
    }
    Of of = new Of(window.model().key(), window.window().end().toEpochMilli());
    scores.putIfAbsent(of, now);
    double variance = window.layers().get(0).statistics().moments().variance();
    values.put(of, new Value(of.model(), variance));
  }

  synchronized void see(PruningRecommendation recommendation, long now) {
    advice.putIfAbsent(
        new Of(recommendation.model().key(), recommendation.updatedAt().toEpochMilli()), now);
  }

  synchronized void seeGauge(String model, double variance, long now) {
    gauges.putIfAbsent(new Value(model, variance), now);
  }

  /** Seconds after the end of each window that ended in that time, place by place. */
  synchronized Map<Place, List<Double>> between(long from, long to) {
    Map<Place, List<Double>> delays = new java.util.EnumMap<>(Place.class);
    for (Of of : scores.keySet()) {
      if (of.end() > from && of.end() <= to) {
        add(delays, Place.SCORE, of, scores.get(of));
        add(delays, Place.GAUGE, of, gauges.get(values.get(of)));
        add(delays, Place.ADVICE, of, advice.get(of));
      }
    }
    return delays;
  }

  private static void add(Map<Place, List<Double>> delays, Place place, Of of, Long seen) {
    if (seen != null) {
      delays.computeIfAbsent(place, none -> new ArrayList<>()).add((seen - of.end()) / 1e3);
    }
  }
}
