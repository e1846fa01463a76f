package io.layerwatch.scorer;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.drift.DriftDetector;
import io.layerwatch.analysis.drift.DriftState;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.drift.ScoreWatch;
import io.layerwatch.analysis.drift.ScoreWatch.Drifting;
import io.layerwatch.analysis.drift.ScoreWatch.Learning;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Where drift stands in every layer. */
final class DriftMetrics {

  private static final String[] LABELS = {"model", "revision", "site", "layer", "score"};

  private final Gauge drift;
  private final Gauge progress;
  private final Gauge learning;
  private final Counter changes;
  private final Map<ModelId, Set<List<String>>> shown = new ConcurrentHashMap<>();

  DriftMetrics(PrometheusRegistry registry) {
    drift =
        Gauge.builder()
            .name("layerwatch_layer_drift")
            .help(
                "1 while a score is above its baseline, -1 while below, 0 while it is where it was;"
                    + " of the score non-finite, 1 while activations are no numbers. None before"
                    + " there is a baseline.")
            .labelNames(LABELS)
            .register(registry);
    progress =
        Gauge.builder()
            .name("layerwatch_layer_drift_progress_ratio")
            .help("How far a score is towards drift: 0 at its baseline, 1 is drift.")
            .labelNames(LABELS)
            .register(registry);
    learning =
        Gauge.builder()
            .name("layerwatch_drift_learning_scores")
            .help("Scores of layers of which the baseline is still being gathered.")
            .labelNames("model", "revision", "site")
            .register(registry);
    changes =
        Counter.builder()
            .name("layerwatch_scorer_drift_changes_total")
            .help("Drift of a layer's score that was raised or cleared.")
            .labelNames("change")
            .register(registry);
    List.of("raised", "cleared").forEach(changes::initLabelValues);
  }

  void count(LayerDrift change) {
    changes.labelValues(change.raised() ? "raised" : "cleared").inc();
  }

  void show(ModelId model, String site, DriftState state, DriftDetector detector) {
    Set<List<String>> series = shown.computeIfAbsent(model, key -> ConcurrentHashMap.newKeySet());
    double unlearned = 0;
    for (var entry : state.watches().entrySet()) {
      if (entry.getValue() instanceof Learning) {
        unlearned++;
        continue;
      }
      String score = entry.getKey().score().id();
      List<String> labels = labels(model, site, entry.getKey().layer(), score);
      series.add(labels);
      drift.labelValues(array(labels)).set(direction(entry.getValue()));
      progress.labelValues(array(labels)).set(detector.progress(entry.getValue()));
    }
    learning.labelValues(model.name(), model.revision(), site).set(unlearned);
    series.add(List.of(model.name(), model.revision(), site));
    for (int layer = 0; layer < state.layerCount(); layer++) {
      List<String> labels = labels(model, site, layer, LayerDrift.NON_FINITE);
      series.add(labels);
      drift.labelValues(array(labels)).set(state.nonFinite().containsKey(layer) ? 1 : 0);
    }
  }

  private static List<String> labels(ModelId model, String site, int layer, String score) {
    return List.of(model.name(), model.revision(), site, Integer.toString(layer), score);
  }

  private static String[] array(List<String> labels) {
    return labels.toArray(String[]::new);
  }

  private static int direction(ScoreWatch watch) {
    if (watch instanceof Drifting drifting) {
      return drifting.up() ? 1 : -1;
    }
    return 0;
  }

  /** Removes the series of models that are gone, or that another process now scores. */
  void forget(Collection<ModelId> models) {
    for (ModelId model : models) {
      Set<List<String>> series = shown.remove(model);
      if (series == null) {
        continue;
      }
      for (List<String> labels : series) {
        if (labels.size() == LABELS.length) {
          drift.remove(array(labels));
          progress.remove(array(labels));
        } else {
          learning.remove(array(labels));
        }
      }
    }
  }
}
