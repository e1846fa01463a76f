package io.layerwatch.recommender.live;

import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.score.ModelScores;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The last windows of a model at one site, and the layers that have left their baseline there. */
final class SiteHistory {

  /** A window in its place among the changes of a {@link LiveState}. */
  record Kept(long change, WindowFigures figures) {}

  private final SortedMap<Instant, Kept> windows = new TreeMap<>();
  private final SortedMap<String, SortedMap<Integer, LayerDrift>> drifting = new TreeMap<>();
  private Optional<ModelScores> last = Optional.empty();
  private Optional<Instant> silentEnd = Optional.empty();
  private int seen;

  /** Takes a window; the same one again takes the place of the first. */
  void add(ModelScores window, long change) {
    Instant end = window.window().end();
    if (window.tokens() == 0) {
      silentEnd = silentEnd.filter(known -> known.isAfter(end)).or(() -> Optional.of(end));
      return;
    }
    if (windows.put(end, new Kept(change, WindowFigures.of(window))) == null) {
      seen++;
    }
    if (windows.size() > LiveState.WINDOWS) {
      windows.remove(windows.firstKey());
    }
    if (last.filter(known -> known.window().end().isAfter(end)).isEmpty()) {
      last = Optional.of(window);
    }
  }

  /** Takes drift that was raised or cleared. */
  void add(LayerDrift drift) {
    if (drift.raised()) {
      drifting.computeIfAbsent(drift.score(), score -> new TreeMap<>()).put(drift.layer(), drift);
    } else {
      drifting.getOrDefault(drift.score(), new TreeMap<>()).remove(drift.layer());
    }
  }

  /** The last window with tokens. */
  Optional<ModelScores> last() {
    return last;
  }

  /** End of the last window in which nothing was seen. */
  Optional<Instant> silentEnd() {
    return silentEnd;
  }

  /** Windows with tokens that there were, kept or not. */
  int seen() {
    return seen;
  }

  /** Windows with tokens, oldest first. */
  List<Kept> windows() {
    return List.copyOf(windows.values());
  }

  /** Drift that holds, by score and layer. */
  List<LayerDrift> drifting() {
    List<LayerDrift> all = new ArrayList<>();
    drifting.values().forEach(layers -> all.addAll(layers.values()));
    return all;
  }
}
