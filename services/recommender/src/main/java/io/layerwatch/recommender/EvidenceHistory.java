package io.layerwatch.recommender;

import io.layerwatch.analysis.pruning.PruningPolicy;
import io.layerwatch.analysis.score.ModelScores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The latest windows of evidence of every model, no more than the policy looks at, in a state store
 * under model, 0 and the window's end in 20 digits.
 */
final class EvidenceHistory {

  private final KeyValueStore<String, ModelScores> store;
  private final PruningPolicy policy;

  EvidenceHistory(KeyValueStore<String, ModelScores> store, PruningPolicy policy) {
    this.store = store;
    this.policy = policy;
  }

  /** The model's windows, oldest first. */
  List<ModelScores> of(String model) {
    return stored(model).stream()
        // Windows of a site that was configured before are no history of this one.
        .filter(window -> window.site().equals(policy.criteria().site()))
        .toList();
  }

  /**
   * Keeps what later decisions need of these windows, and forgets the rest.
   *
   * @param windows the model's history and the latest window, oldest first
   */
  void keep(String model, List<ModelScores> windows) {
    List<ModelScores> evidence = windows.stream().filter(policy::isEvidence).toList();
    List<ModelScores> needed =
        evidence.subList(Math.max(0, evidence.size() - policy.windowsNeeded()), evidence.size());
    List<String> keys = needed.stream().map(window -> key(model, end(window))).toList();
    for (ModelScores stored : stored(model)) {
      if (!keys.contains(key(model, end(stored)))) {
        store.delete(key(model, end(stored)));
      }
    }
    ModelScores latest = windows.get(windows.size() - 1);
    if (policy.isEvidence(latest)) {
      store.put(key(model, end(latest)), latest);
    }
  }

  private List<ModelScores> stored(String model) {
    List<ModelScores> windows = new ArrayList<>();
    try (KeyValueIterator<String, ModelScores> range =
        store.range(key(model, 0), key(model, Long.MAX_VALUE))) {
      range.forEachRemaining(entry -> windows.add(entry.value));
    }
    return windows;
  }

  private static long end(ModelScores window) {
    return window.window().end().toEpochMilli();
  }

  private static String key(String model, long windowEnd) {
    return String.format(Locale.ROOT, "%s\0%020d", model, windowEnd);
  }
}
