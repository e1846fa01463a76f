package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.scorer.SiteGauges.Series;
import io.layerwatch.scorer.SiteGauges.Site;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What the scorer counted, and the last closed window's scores. Layer tokens accepted + late +
 * rejected = layer tokens read and decoded; a layer token is one token of one layer at one site.
 */
public final class ScorerMetrics {

  private static final String[] LAYER_LABELS = {"model", "revision", "site", "layer"};

  private final Counter acceptedSummaries;
  private final Counter acceptedTokens;
  private final Counter rejectedTokens;
  private final Counter lateTokens;
  private final Counter lateSummaries;
  private final Counter duplicateSummaries;
  private final Counter windows;
  private final Summary closing;
  private final Gauge ledger;
  private final DriftMetrics drift;
  private final Gauge watermark;
  private final Gauge avss;
  private final Gauge normalizedAvss;
  private final Gauge variance;
  private final Gauge sparsity;
  private final Gauge blockInfluence;
  private final Gauge nonFinite;
  private final SiteGauges layers = new SiteGauges();

  public ScorerMetrics(PrometheusRegistry registry) {
    acceptedSummaries =
        Counter.builder()
            .name("layerwatch_scorer_accepted_summaries_total")
            .help("Summaries that were merged into an open window.")
            .register(registry);
    rejectedTokens =
        Counter.builder()
            .name("layerwatch_scorer_rejected_layer_tokens_total")
            .help("Layer tokens in summaries that were decoded and then rejected.")
            .register(registry);
    acceptedTokens =
        Counter.builder()
            .name("layerwatch_scorer_accepted_layer_tokens_total")
            .help("Layer tokens in summaries that were merged into an open window.")
            .register(registry);
    lateTokens =
        Counter.builder()
            .name("layerwatch_scorer_late_layer_tokens_total")
            .help("Layer tokens in summaries whose window had closed.")
            .register(registry);
    lateSummaries =
        Counter.builder()
            .name("layerwatch_scorer_late_summaries_total")
            .help("Summaries whose window had closed.")
            .register(registry);
    duplicateSummaries =
        Counter.builder()
            .name("layerwatch_scorer_duplicate_summaries_total")
            .help("Summaries that had been seen before, and were without effect.")
            .register(registry);
    ledger =
        Gauge.builder()
            .name("layerwatch_scorer_ledger_layer_tokens")
            .help(
                "What became of a model's layer tokens since it was first heard of, from the"
                    + " state; claimed = scored + late + missing.")
            .labelNames("model", "revision", "entry")
            .register(registry);
    watermark =
        Gauge.builder()
            .name("layerwatch_scorer_watermark_timestamp_seconds")
            .help("Event time that all live instances of the model have reached.")
            .labelNames("model", "revision")
            .register(registry);
    windows =
        Counter.builder()
            .name("layerwatch_scorer_closed_windows_total")
            .help("Windows closed, each site for itself.")
            .labelNames("model", "revision", "complete")
            .register(registry);
    closing =
        Summary.builder()
            .name("layerwatch_scorer_closing_seconds")
            .help("How long a task read nothing while it closed a model's windows.")
            .register(registry);
    avss = gauge(registry, "avss", "Activation variance / sparsity (arXiv 2411.02117).");
    normalizedAvss = gauge(registry, "normalized_avss_ratio", "AVSS / its sum over layers.");
    variance = gauge(registry, "variance", "Population variance of the activations.");
    sparsity = gauge(registry, "sparsity_ratio", "Share of activations near zero.");
    blockInfluence =
        gauge(registry, "block_influence_ratio", "1 - cosine of block input and output.");
    nonFinite = gauge(registry, "non_finite_activations", "Activations that were NaN or infinite.");
    drift = new DriftMetrics(registry);
  }

  private static Gauge gauge(PrometheusRegistry registry, String name, String help) {
    return Gauge.builder()
        .name("layerwatch_layer_" + name)
        .help(help + " Last closed window.")
        .labelNames(LAYER_LABELS)
        .withoutExemplars()
        .register(registry);
  }

  DriftMetrics drift() {
    return drift;
  }

  /** Counts a summary by what it did to the ledger. */
  void count(ActivationSummary summary, boolean late, boolean duplicate) {
    long tokens = summary.statistics().tokens();
    if (duplicate) {
      duplicateSummaries.inc();
    } else if (late) {
      lateSummaries.inc();
      lateTokens.inc(tokens);
    } else {
      acceptedSummaries.inc();
      acceptedTokens.inc(tokens);
    }
  }

  /** Closes windows, and notes how long that took. */
  <T> T timeClosing(Supplier<T> close) {
    return closing.time(close);
  }

  void countRejected(ActivationSummary summary) {
    rejectedTokens.inc(summary.statistics().tokens());
  }

  void show(ModelScores scores) {
    windows(scores.model(), scores.complete()).inc();
    if (scores.tokens() == 0) {
      return;
    }
    Map<Series, Double> values = new HashMap<>();
    for (LayerScore layer : scores.layers()) {
      LayerStatistics statistics = layer.statistics();
      put(avss, layer, layer.avss().score(), values);
      put(normalizedAvss, layer, layer.normalizedAvss(), values);
      put(variance, layer, OptionalDouble.of(statistics.moments().variance()), values);
      put(sparsity, layer, statistics.sparsity(scores.sparsityThreshold()), values);
      put(blockInfluence, layer, statistics.blockInfluence(), values);
      put(nonFinite, layer, OptionalDouble.of((double) statistics.nonFinite()), values);
    }
    layers.show(new Site(scores.model(), scores.site()), values);
  }

  private static void put(
      Gauge gauge, LayerScore layer, OptionalDouble value, Map<Series, Double> to) {
    value.ifPresent(number -> to.put(new Series(gauge, layer.layer(), ""), number));
  }

  private CounterDataPoint windows(ModelId model, boolean complete) {
    return windows.labelValues(model.name(), model.revision(), Boolean.toString(complete));
  }

  /** Shows how far a model has come, and its ledger. */
  void show(ModelId model, ModelProgress progress) {
    // A counter that is there at 0 does not hide its first window from a rate.
    windows(model, true);
    windows(model, false);
    watermark
        .labelValues(model.name(), model.revision())
        .set(Math.max(0, progress.watermark()) / 1e3);
    entries(progress.ledger())
        .forEach(
            (entry, tokens) ->
                ledger.labelValues(model.name(), model.revision(), entry).set(tokens));
  }

  private static Map<String, Long> entries(Ledger ledger) {
    return Map.of(
        "claimed", ledger.claimed(),
        "scored", ledger.scored(),
        "late", ledger.late(),
        "missing", ledger.missing(),
        "duplicate", ledger.duplicate(),
        "waiting", ledger.waiting());
  }

  /** Removes the series of models that are gone, or that another process now scores. */
  void forget(Collection<String> models) {
    Set<ModelId> ids = models.stream().map(ModelId::parse).collect(Collectors.toSet());
    drift.forget(ids);
    layers.sitesOf(ids).forEach(layers::forget);
    for (ModelId id : ids) {
      watermark.remove(id.name(), id.revision());
      windows.remove(id.name(), id.revision(), "true");
      windows.remove(id.name(), id.revision(), "false");
      entries(Ledger.EMPTY).keySet().forEach(e -> ledger.remove(id.name(), id.revision(), e));
    }
  }
}
