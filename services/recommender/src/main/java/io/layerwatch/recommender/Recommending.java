package io.layerwatch.recommender;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.PruningPolicy;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.score.ModelScores;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds each closed window against those before it, and publishes what the policy makes of them
 * whenever that changes.
 */
final class Recommending implements Processor<String, Object, String, PruningRecommendation> {

  private static final Logger LOG = LoggerFactory.getLogger(Recommending.class);

  /** Windows of evidence, under model, 0 and the number of the window in 20 digits. */
  static final String HISTORY = "evidence-windows";

  static final String CURRENT = "current-recommendations";

  private final PruningPolicy policy;
  private final RecommenderMetrics metrics;
  private final Set<ModelId> models = new HashSet<>();
  private ProcessorContext<String, PruningRecommendation> context;
  private KeyValueStore<String, ModelScores> history;
  private KeyValueStore<String, PruningRecommendation> current;

  Recommending(PruningPolicy policy, RecommenderMetrics metrics) {
    this.policy = policy;
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<String, PruningRecommendation> processorContext) {
    context = processorContext;
    history = context.getStateStore(HISTORY);
    current = context.getStateStore(CURRENT);
  }

  @Override
  public void process(Record<String, Object> record) {
    ModelScores window = (ModelScores) record.value();
    if (!window.site().equals(policy.criteria().site())) {
      return;
    }
    models.add(window.model());
    List<KeyValue<String, ModelScores>> kept = history(record.key());
    List<ModelScores> windows = new ArrayList<>(kept.stream().map(entry -> entry.value).toList());
    windows.add(window);
    PruningRecommendation known = current.get(record.key());
    RecommendationState before = known == null ? policy.initial() : known.state();
    RecommendationState now = policy.decide(before, windows);
    keep(record.key(), kept, window);
    if (known == null || !now.equals(known.state())) {
      publish(record, window, before, now);
    }
  }

  private void publish(
      Record<String, Object> record,
      ModelScores window,
      RecommendationState before,
      RecommendationState now) {
    PruningRecommendation recommendation =
        new PruningRecommendation(
            window.model(),
            window.window().end(),
            window.site(),
            policy.criteria().ranking(),
            window.shape().layerCount(),
            policy.criteria().windows(),
            now);
    current.put(record.key(), recommendation);
    metrics.show(recommendation);
    if (!before.getClass().equals(now.getClass()) || newLayers(before, now)) {
      LOG.info("{}: {}", window.model(), now.describe());
    }
    context.forward(new Record<>(record.key(), recommendation, record.timestamp()));
  }

  private static boolean newLayers(RecommendationState before, RecommendationState now) {
    return before instanceof Candidate old
        && now instanceof Candidate fresh
        && !old.proposal().layers().equals(fresh.proposal().layers());
  }

  private void keep(String model, List<KeyValue<String, ModelScores>> kept, ModelScores window) {
    if (!policy.isEvidence(window)) {
      return;
    }
    history.put(key(model, window.window().end().toEpochMilli()), window);
    for (int i = 0; i <= kept.size() - policy.windowsNeeded(); i++) {
      history.delete(kept.get(i).key);
    }
  }

  private List<KeyValue<String, ModelScores>> history(String model) {
    List<KeyValue<String, ModelScores>> entries = new ArrayList<>();
    try (KeyValueIterator<String, ModelScores> range =
        history.range(key(model, 0), key(model, Long.MAX_VALUE))) {
      range.forEachRemaining(entries::add);
    }
    return entries;
  }

  private static String key(String model, long windowEnd) {
    return String.format(java.util.Locale.ROOT, "%s\0%020d", model, windowEnd);
  }

  @Override
  public void close() {
    metrics.forget(models);
  }
}
