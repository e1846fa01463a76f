package io.layerwatch.instrumentation.publish;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.instrumentation.publish.SummaryAccumulator.Interval;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps back what was seen of fewer tokens than the minimum, since whoever has the model can tell a
 * single token by its statistics; and {@link BroadExtremes} where there are enough, since an
 * extreme stays that of a single one. Not safe for use by several threads.
 *
 * <p>The intervals of one merge window merge until they hold the minimum, and what holds it waits
 * for a successor that does, too. So at the end of the window, what is left is not too little to be
 * published but joins what waits; only a window that has fewer tokens than the minimum in all is
 * published without them. Intervals without tokens are let through unless something waits, so that
 * what is let through tiles time.
 */
final class TokenMinimum {

  private final long minimum;
  private final Duration mergeWindow;
  private Instant window = Instant.EPOCH;

  /** Holds the minimum, and is let through together with what is left, or before what holds it. */
  private Optional<Interval> enough = Optional.empty();

  /** What came since. */
  private Optional<Interval> rest = Optional.empty();

  /**
   * An interval that may be published.
   *
   * @param withheldLayerTokens seen in that time, and not in the interval
   */
  record Released(Interval interval, long withheldLayerTokens) {}

  /**
   * Nothing waits yet.
   *
   * @param minimum of tokens in what is let through; 1 lets everything through at once, as it is
   * @param mergeWindow beyond which nothing waits
   */
  TokenMinimum(long minimum, Duration mergeWindow) {
    this.minimum = minimum;
    this.mergeWindow = mergeWindow;
  }

  /** Adds an interval; returns what is let through for it, oldest first. */
  List<Released> add(Interval interval) {
    if (minimum <= 1) {
      return List.of(new Released(interval, 0));
    }
    List<Released> released = new ArrayList<>();
    TimeWindow own = TimeWindow.of(interval.time().start(), mergeWindow);
    if (!own.start().equals(window)) {
      end().ifPresent(released::add);
      window = own.start();
    }
    take(interval).ifPresent(released::add);
    if (!interval.time().end().isBefore(own.end())) {
      end().ifPresent(released::add);
    }
    return released;
  }

  private Optional<Released> take(Interval interval) {
    Interval grown = rest.map(held -> held.merge(interval)).orElse(interval);
    if (grown.fewestTokens() >= minimum) {
      Optional<Interval> before = enough;
      enough = Optional.of(grown);
      rest = Optional.empty();
      return before.map(TokenMinimum::whole);
    }
    if (enough.isEmpty() && grown.tokens() == 0) {
      return Optional.of(new Released(grown, 0));
    }
    rest = Optional.of(grown);
    return Optional.empty();
  }

  private static Released whole(Interval interval) {
    return new Released(interval.mapLayers(BroadExtremes::of), 0);
  }

  /** Ends the window: returns what waits, without its tokens where they are too few. */
  Optional<Released> end() {
    Optional<Released> last =
        enough.isPresent()
            ? enough.map(held -> whole(rest.map(held::merge).orElse(held)))
            : rest.map(held -> new Released(held.withoutTokens(), held.layerTokens()));
    enough = Optional.empty();
    rest = Optional.empty();
    return last;
  }
}
