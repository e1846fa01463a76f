package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
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
  private final Map<Bytes, ModelShape> shapes = new HashMap<>();

  OpenWindows(OrderedState<Bytes, Contribution> state, Duration windowSize) {
    this.state = state;
    this.windowSize = windowSize;
  }

  TimeWindow windowOf(ActivationSummary summary) {
    return TimeWindow.of(summary.interval().start(), windowSize);
  }

  /** Two models under one name and revision must not mix. */
  private void requireSameShape(ActivationSummary summary) {
    ModelShape expected = shapeBeside(summary);
    if (!summary.shape().equals(expected)) {
      throw new InvalidRecordException(
          Kind.IMPOSSIBLE,
          "shape: expected "
              + expected
              + ", as others said of this model and revision in this window, got "
              + summary.shape());
    }
  }

  /** The shape of the model in that window: what its first summary said. */
  private ModelShape shapeBeside(ActivationSummary summary) {
    TimeWindow window = windowOf(summary);
    return shapes.computeIfAbsent(
        start(summary.model().key(), window.start().toEpochMilli()),
        from -> {
          Bytes to = start(summary.model().key(), window.end().toEpochMilli());
          return state.first(from, to).map(Contribution::summary).orElse(summary).shape();
        });
  }

  /**
   * Adds a summary; false when it was there before, and then nothing changes.
   *
   * @throws InvalidRecordException when others in this window told of another shape
   */
  boolean add(ActivationSummary summary) {
    requireSameShape(summary);
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
    state.put(key, before.map(seen -> seen.add(summary)).orElseGet(() -> Contribution.of(summary)));
    return true;
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
    windows.forEach(window -> shapes.remove(start(model, window.window().start().toEpochMilli())));
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
