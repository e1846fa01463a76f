package io.layerwatch.benchmarks.freshness;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.benchmarks.capacity.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * A fleet that reports in real time, and what is seen of its windows.
 *
 * @param settings of scorer and recommender
 * @param window length of a window
 * @param grace of the scorer
 * @param flush interval of the instances
 * @param warmUps windows at first that do not count
 * @param windows that count
 */
record FreshnessTrial(
    Map<String, String> settings,
    Duration window,
    Duration grace,
    Duration flush,
    int warmUps,
    int windows) {

  /** What a window that ended before the last flush needs to be seen, if it ever is. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  void run(Fleet fleet, Level into) throws InterruptedException {
    Arrivals arrivals = new Arrivals();
    try (Deployment deployment = new Deployment(settings)) {
      deployment.watch(arrivals);
      Instant from = TimeWindow.of(Instant.now(), window).end().plus(window.multipliedBy(warmUps));
      Instant to = from.plus(window.multipliedBy(windows));
      PacedFleet publisher = new PacedFleet(deployment.laboratory(), fleet, flush);
      publisher.runUntil(to.plus(grace).plus(PATIENCE));
      into.add(arrivals.between(from.toEpochMilli(), to.toEpochMilli()), publisher.took());
    }
  }
}
