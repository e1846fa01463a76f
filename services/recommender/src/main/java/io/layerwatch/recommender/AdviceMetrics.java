package io.layerwatch.recommender;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningProposal;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.pruning.RecommendationState.Rejected;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import io.layerwatch.analysis.score.Ranking;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What stands behind every model's advice. A series is there while the advice has such a figure,
 * and goes with it. Safe for use by several threads, each with models of its own.
 */
final class AdviceMetrics {

  private final Gauge windows;
  private final Gauge requiredWindows;
  private final Gauge layer;
  private final Gauge parameters;
  private final Gauge compute;
  private final Gauge agreement;
  private final Gauge retained;
  private final Gauge retainedError;
  private final Gauge required;
  private final Gauge perplexity;
  private final Map<ModelId, Set<Series>> shown = new ConcurrentHashMap<>();

  private record Series(Gauge gauge, List<String> labels) {
    void set(double value) {
      gauge.labelValues(labels.toArray(String[]::new)).set(value);
    }

    void remove() {
      gauge.remove(labels.toArray(String[]::new));
    }
  }

  AdviceMetrics(PrometheusRegistry registry) {
    windows =
        gauge(
            registry,
            "windows",
            "Stable windows in a row behind a candidate or what became of it; while collecting,"
                + " those so far.");
    requiredWindows =
        gauge(registry, "required_windows", "Stable windows in a row that a candidate needs.");
    layer =
        gauge(
            registry,
            "layer",
            "1 for each layer that a candidate or a verified recommendation would remove.",
            "layer");
    parameters =
        gauge(
            registry,
            "parameters_ratio",
            "Share of the model's parameters that a candidate or a verified recommendation would"
                + " remove.");
    compute =
        gauge(
            registry,
            "compute_ratio",
            "Share of the model's multiply-adds per token that a candidate or a verified"
                + " recommendation would remove.");
    agreement =
        gauge(
            registry,
            "agreement_ratio",
            "Jaccard similarity of the proposed layers with those that another ranking would"
                + " propose.",
            "site",
            "ranking");
    retained =
        gauge(
            registry,
            "retained_accuracy_ratio",
            "Share of the next-token accuracy that was retained without the layers, as measured.");
    retainedError =
        gauge(
            registry,
            "retained_accuracy_error_ratio",
            "Standard error of the retained share; none where it is not known.");
    required =
        gauge(
            registry,
            "required_accuracy_ratio",
            "Share of the next-token accuracy that must be retained, two standard errors off.");
    perplexity =
        gauge(
            registry,
            "perplexity_ratio",
            "Perplexity without the layers ÷ perplexity with them, as measured.");
  }

  private static Gauge gauge(
      PrometheusRegistry registry, String name, String help, String... labels) {
    return Gauge.builder()
        .name("layerwatch_recommendation_" + name)
        .help(help)
        .labelNames(
            Stream.concat(Stream.of("model", "revision"), Stream.of(labels)).toArray(String[]::new))
        .register(registry);
  }

  void show(PruningRecommendation recommendation) {
    Map<Series, Double> now = figures(recommendation);
    now.forEach(Series::set);
    Set<Series> before = shown.put(recommendation.model(), now.keySet());
    if (before != null) {
      before.stream().filter(series -> !now.containsKey(series)).forEach(Series::remove);
    }
  }

  void forget(ModelId model) {
    Set<Series> series = shown.remove(model);
    if (series != null) {
      series.forEach(Series::remove);
    }
  }

  private Map<Series, Double> figures(PruningRecommendation recommendation) {
    Figures figures = new Figures(recommendation.model());
    figures.put(requiredWindows, recommendation.windowsRequired());
    RecommendationState state = recommendation.state();
    if (state instanceof Collecting collecting) {
      figures.put(windows, collecting.windowsStable());
    } else if (state instanceof Candidate candidate) {
      add(figures, candidate.proposal(), recommendation.site());
      addSavings(figures, candidate.proposal(), candidate.layers());
    } else if (state instanceof Verified verified) {
      add(figures, verified.proposal(), recommendation.site());
      addSavings(figures, verified.proposal(), verified.layers());
      add(figures, verified.evaluation());
    } else if (state instanceof Rejected rejected) {
      add(figures, rejected.proposal(), recommendation.site());
      add(figures, rejected.evaluation());
    }
    return figures.values;
  }

  private void add(Figures figures, PruningProposal proposal, String site) {
    figures.put(windows, proposal.windows());
    figures.put(agreement, proposal.blockInfluenceAgreement(), site, Ranking.BLOCK_INFLUENCE.id());
    for (PruningProposal.OtherRanking other : proposal.others()) {
      figures.put(agreement, other.agreement(), other.site(), other.ranking().id());
    }
  }

  private void addSavings(Figures figures, PruningProposal proposal, List<Integer> layers) {
    layers.forEach(each -> figures.put(layer, 1, Integer.toString(each)));
    figures.put(parameters, proposal.parametersShare(layers));
    figures.put(compute, proposal.computeShare(layers));
  }

  private void add(Figures figures, PruningEvaluation evaluation) {
    figures.put(retained, evaluation.effect().retained().share());
    figures.put(retainedError, evaluation.effect().retained().error());
    figures.put(required, evaluation.gate());
    figures.put(perplexity, evaluation.effect().perplexityRatio());
  }

  /** Of one model. */
  private record Figures(ModelId model, Map<Series, Double> values) {

    Figures(ModelId model) {
      this(model, new HashMap<>());
    }

    /** What is not known is no figure. */
    void put(Gauge gauge, double value, String... labels) {
      if (Double.isFinite(value)) {
        List<String> all =
            Stream.concat(Stream.of(model.name(), model.revision()), Stream.of(labels)).toList();
        values.put(new Series(gauge, all), value);
      }
    }
  }
}
