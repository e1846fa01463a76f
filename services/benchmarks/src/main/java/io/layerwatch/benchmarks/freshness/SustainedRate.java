package io.layerwatch.benchmarks.freshness;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.benchmarks.capacity.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the whole deployment carries while the fleet publishes beside it, on the same cores: flushes
 * follow each other as fast as the scorer takes them, and are never far ahead of it.
 *
 * @param flush interval of the instances
 * @param flushes that count, after as many that do not
 */
record SustainedRate(Duration flush, int flushes) {

  private static final int AHEAD = 2;
  private static final int AT_ONCE = 5;
  private static final Duration PAST = Duration.ofHours(1);

  /** Summaries a second, once for every few flushes; the deployment is a new one. */
  List<Double> measure(Deployment deployment, Fleet fleet) throws InterruptedException {
    List<Double> rates = new ArrayList<>();
    TimeWindow interval = TimeWindow.of(Instant.now().minus(PAST), flush);
    long begun = System.nanoTime();
    for (int number = 0; number < 2 * flushes + AHEAD; number++) {
      int taken = number - AHEAD;
      deployment.awaitAccepted((long) taken * fleet.sources());
      if (taken > 0 && taken % AT_ONCE == 0) {
        long now = System.nanoTime();
        if (taken > flushes) {
          rates.add(AT_ONCE * fleet.sources() / ((now - begun) / 1e9));
        }
        begun = now;
      }
      deployment.laboratory().publish(fleet, interval, number);
      interval = new TimeWindow(interval.end(), interval.end().plus(flush));
    }
    return rates;
  }
}
