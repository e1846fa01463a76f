package io.layerwatch.benchmarks.capacity;

import io.layerwatch.analysis.TimeWindow;
import java.time.Duration;
import java.time.Instant;

/**
 * Publishes a fleet's flushes, a window's first and one more each, and waits until the scorer has
 * taken them in. Windows close in the midst of the next one, as in production.
 */
final class Feed {

  static final Duration WINDOW = Duration.ofSeconds(60);
  static final Duration GRACE = Duration.ofSeconds(30);
  private static final Duration FLUSH = Duration.ofSeconds(1);

  private final Laboratory laboratory;
  private final Fleet fleet;
  private final Runnable accepted;
  private Instant window =
      TimeWindow.of(Instant.now().minus(Duration.ofDays(1)), Duration.ofHours(1)).start();
  private long number;

  /**
   * Of one fleet.
   *
   * @param accepted returns when the scorer has accepted all that was published
   */
  Feed(Laboratory laboratory, Fleet fleet, Runnable accepted) {
    this.laboratory = laboratory;
    this.fleet = fleet;
    this.accepted = accepted;
  }

  /** One flush into the next window: as many entries as there are sources. */
  void openWindow() {
    window = window.plus(WINDOW);
    publish(window);
  }

  /** One more flush, whose time closes the window before. */
  void closeWindowBefore() {
    publish(window.plus(GRACE));
  }

  private void publish(Instant from) {
    laboratory.publish(fleet, new TimeWindow(from, from.plus(FLUSH)), number++);
    accepted.run();
  }
}
