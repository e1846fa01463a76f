package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.runtime.topics.InvalidRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;

/**
 * The summaries of windows that have not closed yet, merged per instance.
 *
 * <p>The state holds (windows open) × sites × layers × instances entries for each model.
 */
final class OpenWindows {

  private final OrderedState<Bytes, Contribution> state;
  private final Duration windowSize;
  // A range over an in-memory store copies its keys: too much for each record.
  private final Map<Bytes, OpenWindow> known = new HashMap<>();

  OpenWindows(OrderedState<Bytes, Contribution> state, Duration windowSize) {
    this.state = state;
    this.windowSize = windowSize;
  }

  TimeWindow windowOf(ActivationSummary summary) {
    return TimeWindow.of(summary.interval().start(), windowSize);
  }

  /**
   * Adds a summary; false when it was there before, and then nothing changes.
   *
   * @throws InvalidRecordException when it does not go with what the window holds
   */
  boolean add(ActivationSummary summary) {
    OpenWindow window = open(summary);
    window.require(summary);
    Bytes key =
        Bytes.wrap(
            SummaryKey.of(
                summary.model().key(),
                windowOf(summary).start().toEpochMilli(),
                summary.site(),
                summary.layer(),
                summary.instance()));
    Optional<Contribution> before = state.get(key);
    if (before.isPresent() && before.get().numbers().contains(summary.sequenceNumber())) {
      return false;
    }
    Contribution after =
        before.map(seen -> seen.add(summary)).orElseGet(() -> Contribution.of(summary));
    SummaryCheck.requireSums(after.summary().statistics());
    state.put(key, after);
    window.add(summary);
    return true;
  }

  private OpenWindow open(ActivationSummary summary) {
    TimeWindow window = windowOf(summary);
    String model = summary.model().key();
    return known.computeIfAbsent(
        start(model, window.start().toEpochMilli()),
        from -> {
          OpenWindow found = new OpenWindow();
          Bytes to = start(model, window.end().toEpochMilli());
          state.forEach(from, to, (key, contribution) -> found.add(contribution.summary()));
          return found;
        });
  }

  /** Takes out the model's windows that end at or before that time, oldest first. */
  List<WindowMerge> takeUntil(String model, long end) {
    List<WindowMerge> windows = new ArrayList<>();
    List<Bytes> taken = new ArrayList<>();
    state.forEach(
        start(model, 0),
        start(model, closingEnd(end)),
        (key, contribution) -> {
          mergeOf(windowOf(contribution.summary()), windows).add(contribution);
          taken.add(key);
        });
    taken.forEach(state::delete);
    windows.forEach(window -> known.remove(start(model, window.window().start().toEpochMilli())));
    return windows;
  }

  /** The lowest sequence number of each source in the windows that stay open. */
  Map<SummarySource, Long> lowestNumbers(String model) {
    Map<SummarySource, Long> lowest = new HashMap<>();
    state.forEach(
        start(model, 0),
        start(model, Long.MAX_VALUE),
        (key, open) ->
            lowest.merge(SummarySource.of(open.summary()), open.numbers().first(), Math::min));
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
