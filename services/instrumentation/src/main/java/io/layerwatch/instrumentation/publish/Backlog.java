package io.layerwatch.instrumentation.publish;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.instrumentation.publish.SummaryAccumulator.Interval;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Intervals that wait to be sent. Those of one merge window become one, so that memory is bounded
 * by windows, not by time; past the bound the oldest is given up. Not safe for use by several
 * threads.
 */
final class Backlog {

  private final Duration mergeWindow;
  private final int capacity;
  private final TreeMap<Instant, Interval> waiting = new TreeMap<>();

  /**
   * An empty backlog.
   *
   * @param mergeWindow a multiple of the flush interval that divides the scorer's window
   * @param capacity most merge windows held
   */
  Backlog(Duration mergeWindow, int capacity) {
    this.mergeWindow = mergeWindow;
    this.capacity = capacity;
  }

  /** Adds an interval; returns the one that had to be given up for it. */
  Optional<Interval> add(Interval interval) {
    Instant window = TimeWindow.of(interval.time().start(), mergeWindow).start();
    waiting.merge(window, interval, Interval::merge);
    return waiting.size() > capacity
        ? Optional.of(waiting.pollFirstEntry().getValue())
        : Optional.empty();
  }

  /** The oldest, which stays. */
  Optional<Interval> oldest() {
    return Optional.ofNullable(waiting.firstEntry()).map(Map.Entry::getValue);
  }

  /** Takes the oldest. */
  Optional<Interval> poll() {
    return Optional.ofNullable(waiting.pollFirstEntry()).map(Map.Entry::getValue);
  }

  int size() {
    return waiting.size();
  }
}
