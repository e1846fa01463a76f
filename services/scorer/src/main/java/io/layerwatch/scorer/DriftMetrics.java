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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Where drift stands in every layer. */
final class DriftMetrics {

  private static final String[] LABELS = {"model", "revision", "site", "layer", "score"};

  private final Gauge drift;
  private final Gauge progress;
  private final Gauge learning;
  private final Counter changes;
  private final Map<Site, Set<Series>> shown = new ConcurrentHashMap<>();

  private record Site(ModelId model, String site) {}

  private record Series(Gauge gauge, List<String> labels) {
    void remove() {
      gauge.remove(labels.toArray(String[]::new));
    }
  }

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

  /** Shows what is known of a model at a site, and nothing of what was known before. */
  void show(ModelId model, String site, DriftState state, DriftDetector detector) {
    Set<Series> now = new HashSet<>();
    double unlearned = 0;
    for (var entry : state.watches().entrySet()) {
      if (entry.getValue() instanceof Learning) {
        unlearned++;
        continue;
      }
      String layer = Integer.toString(entry.getKey().layer());
      String score = entry.getKey().score().id();
      set(now, drift, direction(entry.getValue()), model, site, layer, score);
      set(now, progress, detector.progress(entry.getValue()), model, site, layer, score);
    }
    set(now, learning, unlearned, model, site);
    for (int layer = 0; layer < state.layerCount(); layer++) {
      int broken = state.nonFinite().containsKey(layer) ? 1 : 0;
      set(now, drift, broken, model, site, Integer.toString(layer), LayerDrift.NON_FINITE);
    }
    shown.getOrDefault(new Site(model, site), Set.of()).stream()
        .filter(series -> !now.contains(series))
        .forEach(Series::remove);
    shown.put(new Site(model, site), now);
  }

  private static void set(
      Set<Series> shown, Gauge gauge, double value, ModelId model, String... others) {
    String[] labels =
        Stream.concat(Stream.of(model.name(), model.revision()), Stream.of(others))
            .toArray(String[]::new);
    shown.add(new Series(gauge, List.of(labels)));
    gauge.labelValues(labels).set(value);
  }

  private static int direction(ScoreWatch watch) {
    if (watch instanceof Drifting drifting) {
      return drifting.up() ? 1 : -1;
    }
    return 0;
  }

  /** Removes the series of a model's site. */
  void forget(ModelId model, String site) {
    Set<Series> series = shown.remove(new Site(model, site));
    if (series != null) {
      series.forEach(Series::remove);
    }
  }

  /** Removes the series of models that are gone, or that another process now scores. */
  void forget(Collection<ModelId> models) {
    shown.keySet().stream()
        .filter(known -> models.contains(known.model()))
        .forEach(known -> forget(known.model(), known.site()));
  }
}
