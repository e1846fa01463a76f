package io.layerwatch.recommender;

import io.layerwatch.analysis.pruning.PruningPolicy;
import io.layerwatch.analysis.score.ModelScores;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The latest windows of every model and site, no more than the policy looks at, in a state store
 * under model, 0, site, 0 and the window's end in 20 digits. At the site that is ranked they are
 * windows of evidence; at the others whatever closed last.
 */
final class EvidenceHistory {

  private final KeyValueStore<String, ModelScores> store;
  private final PruningPolicy policy;

  EvidenceHistory(KeyValueStore<String, ModelScores> store, PruningPolicy policy) {
    this.store = store;
    this.policy = policy;
  }

  /** The model's windows at the site that is ranked, oldest first. */
  List<ModelScores> of(String model) {
    return stored(model, policy.criteria().site());
  }

  /** The model's windows at all other sites. */
  List<ModelScores> ofOtherSites(String model) {
    return stored(model, "").stream()
        .filter(window -> !window.site().equals(policy.criteria().site()))
        .toList();
  }

  /**
   * Keeps what later decisions need of these windows, and forgets the rest.
   *
   * @param windows the model's history and the latest window, oldest first
   */
  void keep(String model, List<ModelScores> windows) {
    keepLatest(model, windows.stream().filter(policy::isEvidence).toList());
  }

  /** Keeps a window of another site. */
  void keepOther(String model, ModelScores window) {
    List<ModelScores> windows = new ArrayList<>(stored(model, window.site()));
    windows.removeIf(earlier -> end(earlier) >= end(window));
    windows.add(window);
    keepLatest(model, windows);
  }

  private void keepLatest(String model, List<ModelScores> windows) {
    if (windows.isEmpty()) {
      return;
    }
    int first = Math.max(0, windows.size() - policy.windowsNeeded());
    List<String> keys =
        windows.subList(first, windows.size()).stream().map(window -> key(model, window)).toList();
    Set<String> known = new HashSet<>();
    for (ModelScores stored : stored(model, windows.get(0).site())) {
      known.add(key(model, stored));
      if (!keys.contains(key(model, stored))) {
        store.delete(key(model, stored));
      }
    }
    ModelScores latest = windows.get(windows.size() - 1);
    if (!known.contains(key(model, latest))) {
      store.put(key(model, latest), latest);
    }
  }

  /** Windows at a site, oldest first, or at every site where it is empty. */
  private List<ModelScores> stored(String model, String site) {
    List<ModelScores> windows = new ArrayList<>();
    String prefix = model + '\0' + (site.isEmpty() ? "" : site + '\0');
    try (KeyValueIterator<String, ModelScores> range = store.range(prefix, prefix + '\uffff')) {
      range.forEachRemaining(entry -> windows.add(entry.value));
    }
    return windows;
  }

  private static long end(ModelScores window) {
    return window.window().end().toEpochMilli();
  }

  private static String key(String model, ModelScores window) {
    return String.format(Locale.ROOT, "%s\0%s\0%020d", model, window.site(), end(window));
  }
}
