package io.layerwatch.recommender;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.PruningCriteria;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningPolicy;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.PruningReview;
import io.layerwatch.analysis.pruning.PruningVerdict;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.streams.Received;
import io.layerwatch.runtime.topics.InvalidRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds each closed window against those before it, and each evaluation and review against the
 * advice that it is about, and publishes what the policy makes of them whenever that changes.
 */
final class Recommending implements Processor<String, Object, Object, Object> {

  private static final Logger LOG = LoggerFactory.getLogger(Recommending.class);

  static final String HISTORY = "evidence-windows";
  static final String CURRENT = "current-recommendations";

  private final PruningPolicy policy;
  private final RecommenderMetrics metrics;
  private final DeadLetters deadLetters;
  private final ShownModels shown;
  private final Set<ModelId> checked = new HashSet<>();
  private ProcessorContext<Object, Object> context;
  private EvidenceHistory history;
  private KeyValueStore<String, PruningRecommendation> current;

  Recommending(
      PruningPolicy policy,
      RecommenderMetrics metrics,
      Duration retention,
      DeadLetters deadLetters) {
    this.shown = new ShownModels(metrics, retention);
    this.policy = policy;
    this.metrics = metrics;
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<Object, Object> processorContext) {
    context = processorContext;
    history = new EvidenceHistory(context.getStateStore(HISTORY), policy);
    current = context.getStateStore(CURRENT);
    // After a restart or a move, advice is visible before the next window closes.
    try (KeyValueIterator<String, PruningRecommendation> all = current.all()) {
      all.forEachRemaining(
          entry -> shown.show(entry.value, heardUpTo(entry.key, entry.value), now()));
    }
    context.schedule(
        Duration.ofHours(1),
        PunctuationType.WALL_CLOCK_TIME,
        time -> shown.forgetSilent(Instant.ofEpochMilli(time)));
  }

  /** By event time, since nothing else is known of the time before a start. */
  private Instant heardUpTo(String model, PruningRecommendation advice) {
    return Stream.concat(history.of(model).stream(), history.ofOtherSites(model).stream())
        .map(window -> window.window().end())
        .max(Comparator.naturalOrder())
        .filter(advice.updatedAt()::isBefore)
        .orElse(advice.updatedAt());
  }

  @Override
  public void process(Record<String, Object> record) {
    Received<?> received = (Received<?>) record.value();
    try {
      if (received.value() instanceof ModelScores window) {
        ScoresCheck.require(window, now());
        consider(record.key(), window);
        Optional.ofNullable(current.get(record.key()))
            .ifPresent(advice -> shown.hear(advice, now()));
      } else if (received.value() instanceof PruningEvaluation evaluation) {
        EvaluationCheck.require(evaluation, now());
        settle(
            RecommenderMetrics.EVALUATION,
            record.key(),
            before -> PruningVerdict.of(before, evaluation));
      } else if (received.value() instanceof PruningReview review) {
        settle(
            RecommenderMetrics.REVIEW, record.key(), before -> PruningVerdict.of(before, review));
      }
    } catch (InvalidRecordException fault) {
      context.forward(
          deadLetters.letter(received.asItCame(record), context, fault),
          RecommendationTopology.REJECTED);
    }
  }

  private Instant now() {
    return Instant.ofEpochMilli(context.currentSystemTimeMs());
  }

  private void consider(String model, ModelScores window) {
    if (!window.site().equals(policy.criteria().site())) {
      history.keepOther(model, window);
      return;
    }
    if (checked.add(window.model())) {
      warnOfLayersBeyond(window);
    }
    List<ModelScores> windows = new ArrayList<>(history.of(model));
    Optional<PruningRecommendation> known = known(model);
    if (alreadyJudged(window, windows, known)) {
      metrics.countRepeated();
      return;
    }
    windows.add(window);
    RecommendationState before = state(known);
    RecommendationState now = policy.decide(before, windows, history.ofOtherSites(model));
    history.keep(model, windows);
    if (known.isEmpty() || !now.equals(before)) {
      publish(
          before,
          new PruningRecommendation(
              window.model(),
              window.window().end(),
              window.site(),
              policy.criteria().ranking(),
              window.shape().layerCount(),
              policy.criteria().windows(),
              now));
    }
  }

  /** What protects no layer of this model may be meant for another one, or be a slip of the pen. */
  private void warnOfLayersBeyond(ModelScores window) {
    int layers = window.shape().layerCount();
    Set<Integer> beyond = new TreeSet<>(policy.criteria().protectedLayers());
    beyond.removeIf(layer -> layer < layers);
    if (!beyond.isEmpty()) {
      LOG.warn(
          "{}: {}: expected layers from 0 to {}, got {}, which protect nothing of this model",
          window.model(),
          RecommenderSettings.PROTECTED_LAYERS,
          layers - 1,
          beyond);
    }
  }

  /** Takes an evaluation or a review, which may change what is known of the model. */
  private void settle(
      String kind, String model, Function<RecommendationState, PruningVerdict> judge) {
    Optional<PruningRecommendation> known = known(model);
    RecommendationState before = state(known);
    PruningVerdict verdict = judge.apply(before);
    metrics.countVerdict(kind, verdict);
    if (verdict instanceof PruningVerdict.Changed changed) {
      publish(before, known.orElseThrow().in(changed.state()));
    } else if (verdict instanceof PruningVerdict.Unchanged unchanged) {
      LOG.info("{}: this {} changes nothing: {}", model, kind, unchanged.reason());
    }
  }

  private RecommendationState state(Optional<PruningRecommendation> known) {
    return known.map(PruningRecommendation::state).orElseGet(policy::initial);
  }

  /** Advice by another ranking is no start for this one's. */
  private Optional<PruningRecommendation> known(String model) {
    PruningCriteria criteria = policy.criteria();
    return Optional.ofNullable(current.get(model))
        .filter(
            known ->
                known.site().equals(criteria.site())
                    && known.ranking() == criteria.ranking()
                    && known.windowsRequired() == criteria.windows());
  }

  /**
   * A scorer that was reset publishes windows again; counted twice they would be false evidence.
   */
  private static boolean alreadyJudged(
      ModelScores window, List<ModelScores> history, Optional<PruningRecommendation> known) {
    var end = window.window().end();
    return known.filter(advice -> !end.isAfter(advice.updatedAt())).isPresent()
        || history.stream().anyMatch(earlier -> !end.isAfter(earlier.window().end()));
  }

  private void publish(RecommendationState before, PruningRecommendation recommendation) {
    String model = recommendation.model().key();
    RecommendationState now = recommendation.state();
    current.put(model, recommendation);
    metrics.countPublished(recommendation);
    shown.show(recommendation, now(), now());
    if (!before.getClass().equals(now.getClass()) || !before.layers().equals(now.layers())) {
      LOG.info("{}: {}", recommendation.model(), now.describe());
    }
    // Brokers refuse records of the future.
    long time = Math.min(recommendation.updatedAt().toEpochMilli(), context.currentSystemTimeMs());
    context.forward(
        new Record<>(model, recommendation, time), RecommendationTopology.RECOMMENDATIONS);
  }

  @Override
  public void close() {
    shown.forgetAll();
  }
}
