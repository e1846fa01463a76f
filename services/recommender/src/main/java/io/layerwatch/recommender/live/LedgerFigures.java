package io.layerwatch.recommender.live;

import io.layerwatch.analysis.ModelId;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

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

  /** What instances in this process gave up, by reason; empty where there is none. */
  SortedMap<String, Long> dropped() {
    SortedMap<String, Long> reasons = new TreeMap<>();
    metrics.scrape(name -> name.startsWith(DROPPED)).stream()
        .filter(CounterSnapshot.class::isInstance)
        .flatMap(family -> ((CounterSnapshot) family).getDataPoints().stream())
        .forEach(point -> reasons.put(point.getLabels().get("reason"), (long) point.getValue()));
    return reasons;
  }
}
