package io.layerwatch.runtime.testing;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

/** Reads metrics the way a scrape does. */
public final class Metrics {

  private Metrics() {}

  /** A counter's or gauge's value, or NaN where there is no such series. */
  public static double value(PrometheusRegistry registry, String name, String... labels) {
    Labels wanted = Labels.of(labels);
    return registry
        .scrape(family -> family.equals(name) || (family + "_total").equals(name))
        .stream()
        .flatMap(family -> family.getDataPoints().stream())
        .filter(point -> point.getLabels().equals(wanted))
        .mapToDouble(Metrics::value)
        .findFirst()
        .orElse(Double.NaN);
  }

  /** How much a histogram has observed, over all its series. */
  public static long observations(PrometheusRegistry registry, String name) {
    return registry.scrape(name::equals).stream()
        .flatMap(family -> family.getDataPoints().stream())
        .mapToLong(point -> ((HistogramDataPointSnapshot) point).getCount())
        .sum();
  }

  private static double value(DataPointSnapshot point) {
    return point instanceof CounterDataPointSnapshot counter
        ? counter.getValue()
        : ((GaugeDataPointSnapshot) point).getValue();
  }
}
