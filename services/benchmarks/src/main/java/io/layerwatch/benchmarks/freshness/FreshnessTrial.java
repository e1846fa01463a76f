package io.layerwatch.benchmarks.freshness;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.benchmarks.capacity.Fleet;
import io.layerwatch.runtime.process.Lifecycle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A fleet that reports in real time, and what is seen of its windows.
 *
 * @param warmUps windows at first that do not count
 * @param windows that count
 */
record FreshnessTrial(int warmUps, int windows) {

  /** What a window that ended before the last flush needs to be seen, if it ever is. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /**
   * Adds what was seen to a level.
   *
   * @throws IllegalStateException when a window was not seen, whose delay would be the longest
   */
  void run(Deployment deployment, Fleet fleet, Level into) throws InterruptedException {
    Duration window = deployment.setup().window();
    Duration grace = deployment.setup().grace();
    Arrivals arrivals = new Arrivals(fleet);
    Lifecycle observers = deployment.watch(arrivals);
    try {
      Instant from = TimeWindow.of(Instant.now(), window).end().plus(window.multipliedBy(warmUps));
      Instant to = from.plus(window.multipliedBy(windows));
      PacedFleet publisher =
          new PacedFleet(
              deployment.laboratory(), fleet, Duration.ofMillis(into.flushMillis()), number -> {});
      publisher.runUntil(to.plus(grace).plus(PATIENCE));
      Map<Place, List<Double>> seen = arrivals.between(from.toEpochMilli(), to.toEpochMilli());
      requireAll(seen, windows * fleet.models());
      into.add(seen, publisher.took());
    } finally {
      observers.close();
    }
  }

  private static void requireAll(Map<Place, List<Double>> seen, int expected) {
    for (Place place : Place.values()) {
      int samples = seen.getOrDefault(place, List.of()).size();
      if (samples < expected) {
        throw new IllegalStateException(
            "%s: expected %d windows, saw %d".formatted(place.text(), expected, samples));
      }
    }
  }
}
