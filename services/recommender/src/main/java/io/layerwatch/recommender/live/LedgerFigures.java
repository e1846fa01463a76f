package io.layerwatch.recommender.live;

import io.layerwatch.analysis.ModelId;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What became of layer tokens, as far as the metrics of this process say: they do where a scorer
 * runs in it, and an instance that publishes.
 */
final class LedgerFigures {

  private static final String LEDGER = "layerwatch_scorer_ledger_layer_tokens";
  private static final String DROPPED = "layerwatch_publisher_dropped_layer_tokens";

  private final PrometheusRegistry metrics;

  LedgerFigures(PrometheusRegistry metrics) {
    this.metrics = metrics;
  }

  /** A model's ledger by entry, such as {@code scored}; empty where no scorer here has it. */
  SortedMap<String, Long> of(ModelId model) {
    SortedMap<String, Long> entries = new TreeMap<>();
    metrics.scrape(LEDGER::equals).stream()
        .filter(GaugeSnapshot.class::isInstance)
        .flatMap(family -> ((GaugeSnapshot) family).getDataPoints().stream())
        .filter(point -> isOf(model, point.getLabels()))
        .forEach(point -> entries.put(point.getLabels().get("entry"), (long) point.getValue()));
    return entries;
  }

  private static boolean isOf(ModelId model, Labels labels) {
    return Map.of("model", model.name(), "revision", model.revision()).entrySet().stream()
        .allMatch(label -> label.getValue().equals(labels.get(label.getKey())));
  }

  /** What instances in this process gave up before it was sent; empty where there is none. */
  OptionalLong dropped() {
    var points =
        metrics.scrape(name -> name.startsWith(DROPPED)).stream()
            .flatMap(
                family ->
                    family instanceof CounterSnapshot counter
                        ? counter.getDataPoints().stream()
                        : Stream.empty())
            .toList();
    return points.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(points.stream().mapToLong(point -> (long) point.getValue()).sum());
  }
}
