package io.layerwatch.recommender;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The models whose advice metrics show: those that were heard of within the retention. A revision
 * is a digest of its checkpoint, so those that are served no more would add up.
 */
final class ShownModels {

  private final RecommenderMetrics metrics;
  private final Duration retention;
  private final Map<ModelId, Instant> heardAt = new HashMap<>();

  ShownModels(RecommenderMetrics metrics, Duration retention) {
    this.metrics = metrics;
    this.retention = retention;
  }

  /** Shows advice of which something was heard at that time, unless that is too long ago. */
  void show(PruningRecommendation advice, Instant heard, Instant now) {
    if (!isOver(heard, now)) {
      heardAt.put(advice.model(), heard);
      metrics.show(advice);
    }
  }

  /** A window came and changed nothing: shows the advice when it had been forgotten. */
  void hear(PruningRecommendation advice, Instant now) {
    if (heardAt.containsKey(advice.model())) {
      heardAt.put(advice.model(), now);
    } else {
      show(advice, now, now);
    }
  }

  /** Forgets models that were not heard of for the retention. */
  void forgetSilent(Instant now) {
    List<ModelId> silent =
        heardAt.entrySet().stream()
            .filter(model -> isOver(model.getValue(), now))
            .map(Map.Entry::getKey)
            .toList();
    metrics.forget(silent);
    silent.forEach(heardAt::remove);
  }

  void forgetAll() {
    metrics.forget(heardAt.keySet());
    heardAt.clear();
  }

  private boolean isOver(Instant heard, Instant now) {
    return !heard.plus(retention).isAfter(now);
  }
}
