package io.layerwatch.integration;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.runtime.testing.Metrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** The scorer's ledger of one model, as a scrape sees it, in layer tokens. */
record LedgerEntries(
    long claimed, long scored, long late, long missing, long waiting, long duplicate) {

  static LedgerEntries of(PrometheusRegistry registry, ModelId model) {
    return new LedgerEntries(
        entry(registry, model, "claimed"),
        entry(registry, model, "scored"),
        entry(registry, model, "late"),
        entry(registry, model, "missing"),
        entry(registry, model, "waiting"),
        entry(registry, model, "duplicate"));
  }

  private static long entry(PrometheusRegistry registry, ModelId model, String entry) {
    return (long)
        Metrics.value(
            registry,
            "layerwatch_scorer_ledger_layer_tokens",
            "model",
            model.name(),
            "revision",
            model.revision(),
            "entry",
            entry);
  }
}
