package io.layerwatch.benchmarks.freshness;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.benchmarks.capacity.Fleet;
import io.layerwatch.benchmarks.capacity.Laboratory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A fleet that reports as it goes: each flush is published when its interval ends, all instances at
 * once, since intervals are aligned to the epoch.
 */
final class PacedFleet {

  private final Laboratory laboratory;
  private final Fleet fleet;
  private final Duration flush;
  private final LongConsumer beforeFlush;
  private final List<Double> took = new ArrayList<>();

  /**
   * A fleet that publishes there.
   *
   * @param beforeFlush is told, when a flush is due, how many were before it
   */
  PacedFleet(Laboratory laboratory, Fleet fleet, Duration flush, LongConsumer beforeFlush) {
    this.laboratory = laboratory;
    this.fleet = fleet;
    this.flush = flush;
    this.beforeFlush = beforeFlush;
  }

  /** Publishes until that time; event time is the machine's. */
  void runUntil(Instant end) throws InterruptedException {
    TimeWindow interval = TimeWindow.of(Instant.now(), flush);
    for (long number = 0; interval.end().isBefore(end); number++) {
      Thread.sleep(Math.max(0, Duration.between(Instant.now(), interval.end()).toMillis() + 1));
      beforeFlush.accept(number);
      laboratory.publish(fleet, interval, number);
      took.add(Duration.between(interval.end(), Instant.now()).toNanos() / 1e9);
      interval = new TimeWindow(interval.end(), interval.end().plus(flush));
    }
  }

  /** For each flush, seconds from the end of its interval until all of it was on the topic. */
  List<Double> took() {
    return took;
  }
}
