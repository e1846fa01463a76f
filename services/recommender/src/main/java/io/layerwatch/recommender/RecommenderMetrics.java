package io.layerwatch.recommender;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.PruningVerdict;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Where every model's advice stands. */
public final class RecommenderMetrics {

  static final String EVALUATION = "evaluation";
  static final String REVIEW = "review";
  private static final String CHANGED = "changed";
  private static final List<String> STATES =
      Arrays.stream(RecommendationState.class.getPermittedSubclasses())
          .map(RecommenderMetrics::name)
          .toList();

  private static final List<String> KINDS = List.of(EVALUATION, REVIEW);
  private static final List<String> OUTCOMES =
      Stream.concat(
              Stream.of(CHANGED),
              Arrays.stream(PruningVerdict.Reason.values()).map(RecommenderMetrics::name))
          .toList();

  private final AdviceMetrics advice;
  private final Gauge state;
  private final Counter published;
  private final Counter repeated;
  private final Counter verdicts;

  public RecommenderMetrics(PrometheusRegistry registry) {
    state =
        Gauge.builder()
            .name("layerwatch_recommendation_state")
            .help("1 for the state that a model's advice is in, 0 for the others.")
            .labelNames("model", "revision", "state")
            .register(registry);
    published =
        Counter.builder()
            .name("layerwatch_recommendations_published_total")
            .help("Recommendation records published, by state.")
            .labelNames("state")
            .register(registry);
    STATES.forEach(published::initLabelValues);
    repeated =
        Counter.builder()
            .name("layerwatch_recommender_repeated_windows_total")
            .help("Windows passed over because they, or later ones, had been judged before.")
            .register(registry);
    verdicts =
        Counter.builder()
            .name("layerwatch_recommender_verdicts_total")
            .help("Evaluations and reviews by what they changed, or why they did not.")
            .labelNames("kind", "outcome")
            .register(registry);
    KINDS.forEach(kind -> OUTCOMES.forEach(outcome -> verdicts.initLabelValues(kind, outcome)));
    advice = new AdviceMetrics(registry);
  }

  void countVerdict(String kind, PruningVerdict verdict) {
    String outcome =
        verdict instanceof PruningVerdict.Unchanged unchanged ? name(unchanged.reason()) : CHANGED;
    verdicts.labelValues(kind, outcome).inc();
  }

  void countPublished(PruningRecommendation recommendation) {
    published.labelValues(name(recommendation.state())).inc();
  }

  void countRepeated() {
    repeated.inc();
  }

  void show(PruningRecommendation recommendation) {
    ModelId model = recommendation.model();
    String now = name(recommendation.state());
    for (String each : STATES) {
      state.labelValues(model.name(), model.revision(), each).set(each.equals(now) ? 1 : 0);
    }
    advice.show(recommendation);
  }

  /** Removes the series of models that another process now advises on. */
  void forget(Collection<ModelId> models) {
    for (ModelId model : models) {
      STATES.forEach(each -> state.remove(model.name(), model.revision(), each));
      advice.forget(model);
    }
  }

  private static String name(RecommendationState state) {
    return name(state.getClass());
  }

  private static String name(PruningVerdict.Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  private static String name(Class<?> state) {
    return state.getSimpleName().toLowerCase(Locale.ROOT);
  }
}
