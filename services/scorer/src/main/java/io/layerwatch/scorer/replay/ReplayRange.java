package io.layerwatch.scorer.replay;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.runtime.settings.Durations;
import io.layerwatch.scorer.ScorerSettings;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/**
 * The range of a replay. It is rounded outwards to whole windows, since a part of a window would be
 * taken for the whole; one that may still be filling is left out.
 */
final class ReplayRange {

  private static final String NOW = "now";

  private ReplayRange() {}

  /**
   * The range, or nothing when there is a problem.
   *
   * @param scorer absent when the settings have problems of their own
   */
  static Optional<TimeWindow> of(
      String from,
      String to,
      Optional<ScorerSettings> scorer,
      Instant now,
      List<String> problems,
      List<String> notes) {
    Optional<Instant> start = time("--from", from, now, problems);
    Optional<Instant> end = time("--to", to, now, problems);
    if (start.isEmpty() || end.isEmpty()) {
      return Optional.empty();
    }
    if (!start.get().isBefore(end.get())) {
      problems.add("--from: expected a time before --to, " + end.get() + ", got \"" + from + "\"");
      return Optional.empty();
    }
    return scorer.flatMap(
        settings -> wholeWindows(start.get(), end.get(), settings, now, problems, notes));
  }

  private static Optional<TimeWindow> wholeWindows(
      Instant from,
      Instant to,
      ScorerSettings settings,
      Instant now,
      List<String> problems,
      List<String> notes) {
    Duration size = settings.windowSize();
    Instant start = TimeWindow.of(from, size).start();
    Instant end = TimeWindow.of(to.minusMillis(1), size).end();
    Instant due = TimeWindow.of(now.minus(settings.grace()), size).start();
    if (end.isAfter(due)) {
      end = due;
    }
    if (!start.isBefore(end)) {
      problems.add(
          "--from: expected a time before "
              + due
              + ", when the last window ended that is not open any more, got "
              + from);
      return Optional.empty();
    }
    if (!start.equals(from) || !end.equals(to)) {
      notes.add("the windows of " + size + " from " + start + " to " + end);
    }
    return Optional.of(new TimeWindow(start, end));
  }

  /** A point in time, or how long ago it is; not before 1970 and not after now. */
  private static Optional<Instant> time(
      String option, String text, Instant now, List<String> problems) {
    Optional<Instant> time = text.equals(NOW) ? Optional.of(now) : parse(text, now);
    if (time.isEmpty()) {
      problems.add(
          option
              + ": expected a time such as 2026-01-31T12:00:00Z, or how long ago it is, such as"
              + " 2h, got \""
              + text
              + "\"");
    }
    return time.map(
        any -> any.isBefore(Instant.EPOCH) ? Instant.EPOCH : any.isAfter(now) ? now : any);
  }

  private static Optional<Instant> parse(String text, Instant now) {
    try {
      Optional<Duration> ago = Durations.parse(text).filter(length -> !length.isNegative());
      return Optional.of(
          ago.isPresent() ? now.minus(ago.get()) : OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
