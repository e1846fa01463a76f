package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.scorer.state.OrderedState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;

/**
 * The summaries of windows that have not closed yet, merged per instance.
 *
 * <p>The state holds (windows open) × sites × instances reports for each model, each of all layers.
 */
final class OpenWindows {

  private final OrderedState<Bytes, WindowReport> state;
  private final Duration windowSize;
  private final Map<String, Map<TimeWindow, OpenWindow>> open = new HashMap<>();
  // Summaries of a flush come together, so that most are for the window of the one before.
  private Optional<OpenWindow> last = Optional.empty();

  OpenWindows(OrderedState<Bytes, WindowReport> state, Duration windowSize) {
    this.state = state;
    this.windowSize = windowSize;
  }

  TimeWindow windowOf(ActivationSummary summary) {
    return TimeWindow.of(summary.interval().start(), windowSize);
  }

  /**
   * Adds a summary to its window, unless it was there before.
   *
   * @param model its model's key
   * @throws InvalidRecordException when it does not go with what the window holds
   */
  Addition add(String model, TimeWindow window, ActivationSummary summary) {
    return open(model, window).add(summary);
  }

  private OpenWindow open(String model, TimeWindow window) {
    if (last.isEmpty() || !last.get().is(model, window)) {
      last =
          Optional.of(
              open.computeIfAbsent(model, unknown -> new HashMap<>())
                  .computeIfAbsent(window, unknown -> new OpenWindow(state, model, window)));
    }
    return last.get();
  }

  /** Takes out the model's windows that end at or before that time, oldest first. */
  List<WindowMerge> takeUntil(String model, long end) {
    List<WindowMerge> windows = new ArrayList<>();
    List<Bytes> taken = new ArrayList<>();
    state.forEach(
        ReportKey.from(model, 0),
        ReportKey.from(model, closingEnd(end)),
        (key, report) -> {
          mergeOf(report.window(), windows).add(report);
          taken.add(key);
        });
    taken.forEach(state::delete);
    forgetUntil(model, Instant.ofEpochMilli(end));
    return windows;
  }

  private void forgetUntil(String model, Instant end) {
    last = Optional.empty();
    open.computeIfPresent(
        model,
        (key, known) -> {
          known.keySet().removeIf(window -> !window.end().isAfter(end));
          return known.isEmpty() ? null : known;
        });
  }

  /** The lowest sequence numbers of each source in the windows that stay open. */
  Map<SummarySource, LowestNumbers> lowestNumbers(String model) {
    Map<SummarySource, LowestNumbers> lowest = new HashMap<>();
    state.forEach(
        ReportKey.from(model, 0),
        ReportKey.from(model, Long.MAX_VALUE),
        (key, report) ->
            lowest.computeIfAbsent(report.source(), none -> new LowestNumbers()).take(report));
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
}
