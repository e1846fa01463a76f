package io.layerwatch.integration;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;

/** Reads counters. */
final class Metric {

  private Metric() {}

  /** Sum of a counter over all its labels; {@code name} without {@code _total}. */
  static double counter(PrometheusRegistry registry, String name) {
    return registry.scrape(found -> found.equals(name)).stream()
        .filter(CounterSnapshot.class::isInstance)
        .map(CounterSnapshot.class::cast)
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }
}
