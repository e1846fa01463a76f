package io.layerwatch.benchmarks.freshness;

import io.layerwatch.benchmarks.Quantiles;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What was seen under one share of capacity, with flushes of one interval.
 *
 * @param share of capacity
 * @param capacity summaries a second that are carried in real time with that interval
 * @param flushMillis flush interval of the instances
 * @param replicas instances of each model
 * @param summariesPerSecond that they send
 * @param delays seconds after the end of each window, place by place
 * @param publishing seconds after the end of each flush until all of it was on the topic
 */
record Level(
    double share,
    double capacity,
    int flushMillis,
    int replicas,
    double summariesPerSecond,
    Map<Place, List<Double>> delays,
    List<Double> publishing) {

  static Level of(
      double share, double capacity, int flushMillis, int replicas, double summariesPerSecond) {
    return new Level(
        share,
        capacity,
        flushMillis,
        replicas,
        summariesPerSecond,
        new EnumMap<>(Place.class),
        new ArrayList<>());
  }

  void add(Map<Place, List<Double>> more, List<Double> published) {
    more.forEach(
        (place, seconds) ->
            delays.computeIfAbsent(place, none -> new ArrayList<>()).addAll(seconds));
    publishing.addAll(published);
  }

  Quantiles in(Place place) {
    return Quantiles.of(delays.getOrDefault(place, List.of()));
  }
}
