package io.layerwatch.scorer;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.drift.DriftDetector;
import io.layerwatch.analysis.drift.DriftState;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.drift.ScoreWatch;
import io.layerwatch.analysis.drift.ScoreWatch.Drifting;
import io.layerwatch.analysis.drift.ScoreWatch.Learning;
import io.layerwatch.scorer.SiteGauges.Series;
import io.layerwatch.scorer.SiteGauges.Site;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where drift stands in every layer. */
final class DriftMetrics {

  private static final String[] LABELS = {"model", "revision", "site", "layer", "score"};

  private final Gauge drift;
  private final Gauge progress;
  private final Gauge learning;
  private final Counter changes;
  private final SiteGauges gauges = new SiteGauges();

  DriftMetrics(PrometheusRegistry registry) {
    drift =
        Gauge.builder()
            .name("layerwatch_layer_drift")
            .help(
                "1 while a score is above its baseline, -1 while below, 0 while it is where it was;"
                    + " of the score non-finite, 1 while activations are no numbers. None before"
                    + " there is a baseline.")
            .labelNames(LABELS)
            .withoutExemplars()
            .register(registry);
    progress =
        Gauge.builder()
            .name("layerwatch_layer_drift_progress_ratio")
            .help("How far a score is towards drift: 0 at its baseline, 1 is drift.")
            .labelNames(LABELS)
            .withoutExemplars()
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
    Map<Series, Double> values = new HashMap<>();
    double unlearned = 0;
    for (var entry : state.watches().entrySet()) {
      if (entry.getValue() instanceof Learning) {
        unlearned++;
        continue;
      }
      int layer = entry.getKey().layer();
      String score = entry.getKey().score().id();
      values.put(new Series(drift, layer, score), direction(entry.getValue()));
      values.put(new Series(progress, layer, score), detector.progress(entry.getValue()));
    }
    for (int layer = 0; layer < state.layerCount(); layer++) {
      double broken = state.nonFinite().containsKey(layer) ? 1 : 0;
      values.put(new Series(drift, layer, LayerDrift.NON_FINITE), broken);
    }
    gauges.show(new Site(model, site), values);
    learning.labelValues(model.name(), model.revision(), site).set(unlearned);
  }

  private static double direction(ScoreWatch watch) {
    if (watch instanceof Drifting drifting) {
      return drifting.up() ? 1 : -1;
    }
    return 0;
  }

  /** Removes the series of a model's site. */
  void forget(ModelId model, String site) {
    gauges.forget(new Site(model, site));
    learning.remove(model.name(), model.revision(), site);
  }

  /** Removes the series of models that are gone, or that another process now scores. */
  void forget(Set<ModelId> models) {
    gauges.sitesOf(models).forEach(known -> forget(known.model(), known.site()));
  }
}
