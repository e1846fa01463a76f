package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The summaries of windows that have not closed yet, merged per instance, in a state store.
 *
 * <p>The store holds (windows open) × sites × layers × instances entries for each model.
 */
final class OpenWindows {

  private final KeyValueStore<Bytes, Contribution> store;
  private final Duration windowSize;
  // A range over an in-memory store copies its keys: too much for each record.
  private final Map<Bytes, ModelShape> shapes = new HashMap<>();

  OpenWindows(KeyValueStore<Bytes, Contribution> store, Duration windowSize) {
    this.store = store;
    this.windowSize = windowSize;
  }

  TimeWindow windowOf(ActivationSummary summary) {
    return TimeWindow.of(summary.interval().start(), windowSize);
  }

  /** The shape of the model in that window: what its first summary said. */
  ModelShape shapeBeside(ActivationSummary summary) {
    TimeWindow window = windowOf(summary);
    return shapes.computeIfAbsent(
        start(summary.model().key(), window.start().toEpochMilli()),
        from -> {
          Bytes to = start(summary.model().key(), window.end().toEpochMilli());
          try (KeyValueIterator<Bytes, Contribution> range = store.range(from, to)) {
            boolean any = range.hasNext() && range.peekNextKey().compareTo(to) < 0;
            return (any ? range.next().value.summary() : summary).shape();
          }
        });
  }

  /** Adds a summary; false when it was there before, and then nothing changes. */
  boolean add(ActivationSummary summary) {
    Bytes key =
        Bytes.wrap(
            SummaryKey.of(
                summary.model().key(),
                windowOf(summary).start().toEpochMilli(),
                summary.site(),
                summary.layer(),
                summary.instance()));
    Optional<Contribution> before = Optional.ofNullable(store.get(key));
    if (before.isPresent() && before.get().numbers().contains(summary.sequenceNumber())) {
      return false;
    }
    store.put(key, before.map(seen -> seen.add(summary)).orElseGet(() -> Contribution.of(summary)));
    return true;
  }

  /** Takes out the model's windows that end at or before that time, oldest first. */
  List<WindowMerge> takeUntil(String model, long end) {
    List<WindowMerge> windows = new ArrayList<>();
    List<Bytes> taken = new ArrayList<>();
    Bytes to = start(model, closingEnd(end));
    try (KeyValueIterator<Bytes, Contribution> range = store.range(start(model, 0), to)) {
      while (range.hasNext()) {
        KeyValue<Bytes, Contribution> entry = range.next();
        if (entry.key.compareTo(to) < 0) {
          mergeOf(windowOf(entry.value.summary()), windows).add(entry.value);
          taken.add(entry.key);
        }
      }
    }
    taken.forEach(store::delete);
    windows.forEach(window -> shapes.remove(start(model, window.window().start().toEpochMilli())));
    return windows;
  }

  /** The lowest sequence number of each source in the windows that stay open. */
  Map<SummarySource, Long> lowestNumbers(String model) {
    Map<SummarySource, Long> lowest = new HashMap<>();
    try (KeyValueIterator<Bytes, Contribution> range =
        store.range(start(model, 0), start(model, Long.MAX_VALUE))) {
      while (range.hasNext()) {
        Contribution open = range.next().value;
        lowest.merge(SummarySource.of(open.summary()), open.numbers().first(), Math::min);
      }
    }
    return lowest;
  }

  private long closingEnd(long end) {
    long size = windowSize.toMillis();
    return Math.max(0, Math.floorDiv(end, size) * size);
  }

  private static WindowMerge mergeOf(TimeWindow window, List<WindowMerge> windows) {
    if (windows.isEmpty() || !windows.get(windows.size() - 1).window().equals(window)) {
      windows.add(new WindowMerge(window));
    }
    return windows.get(windows.size() - 1);
  }

  private static Bytes start(String model, long windowStart) {
    return Bytes.wrap(SummaryKey.from(model, windowStart));
  }
}
