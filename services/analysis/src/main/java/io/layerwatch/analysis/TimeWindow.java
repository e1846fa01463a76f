package io.layerwatch.analysis;

import java.time.Duration;
import java.time.Instant;

/**
 * A half-open span of event time, {@code [start, end)}.
 *
 * @param start inclusive
 * @param end exclusive, after start
 */
public record TimeWindow(Instant start, Instant end) {

  public TimeWindow {
    if (!start.isBefore(end)) {
      throw new IllegalArgumentException(
          "window: expected start before end, got " + start + " and " + end);
    }
  }

  /** The span of that length, aligned to the epoch, that holds the instant. */
  public static TimeWindow of(Instant instant, Duration size) {
    long millis = size.toMillis();
    if (millis <= 0) {
      throw new IllegalArgumentException("size: expected 1 ms or more, got " + size);
    }
    Instant start = Instant.ofEpochMilli(Math.floorDiv(instant.toEpochMilli(), millis) * millis);
    return new TimeWindow(start, start.plus(size));
  }

  /** Whether the other span lies wholly within this one. */
  public boolean covers(TimeWindow other) {
    return !other.start.isBefore(start) && !other.end.isAfter(end);
  }

  /** The smallest span that holds both. */
  public TimeWindow span(TimeWindow other) {
    return new TimeWindow(
        start.isBefore(other.start) ? start : other.start,
        end.isAfter(other.end) ? end : other.end);
  }

  public Duration size() {
    return Duration.between(start, end);
  }
}
