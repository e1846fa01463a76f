package io.layerwatch.benchmarks.freshness;

import io.layerwatch.benchmarks.capacity.Fleet;
import io.layerwatch.runtime.process.Lifecycle;
import java.time.Duration;
import java.time.Instant;

/**
 * What the deployment keeps up with in real time, with all who look on: the largest fleet whose
 * flushes are worked off before the next ones come. The fleet does not wait for the scorer. It is
 * less than the sustainable throughput of Karimov et al. (Benchmarking Distributed Stream Data
 * Processing Systems, ICDE 2018), for which it is enough that latency does not grow.
 *
 * @param unheeded how long a fleet reports before its flushes count
 * @param counted how long they do
 */
record SustainableLoad(Duration unheeded, Duration counted) {

  /** From one fleet that is tried to the next smaller one. */
  private static final double STEP = 0.05;

  /** Of flushes, that may go on while the next one comes, such as in a full collection. */
  private static final double UNFINISHED = 0.1;

  /** Makes the fleets that are tried. */
  interface Fleets {

    /** A new one that sends about as many summaries a second. */
    Fleet sending(double summariesPerSecond, Duration flush);
  }

  /**
   * Summaries a second.
   *
   * @param most where to begin
   * @throws IllegalStateException when not even a small part of that is carried
   */
  double measure(Deployment deployment, Fleets fleets, Duration flush, double most)
      throws InterruptedException {
    for (double share = 1; share > STEP; share -= STEP) {
      Fleet fleet = fleets.sending(share * most, flush);
      if (keepsUp(deployment, fleet, flush)) {
        return fleet.summariesPerSecond(flush);
      }
    }
    throw new IllegalStateException(
        "%s flushes: expected some part of %.0f summaries/s carried".formatted(flush, most));
  }

  private boolean keepsUp(Deployment deployment, Fleet fleet, Duration flush)
      throws InterruptedException {
    Lifecycle observers = deployment.watch(new Arrivals(fleet));
    try {
      Follower follower =
          new Follower(deployment, fleet, unheeded.dividedBy(flush), deployment.accepted());
      PacedFleet publisher = new PacedFleet(deployment.laboratory(), fleet, flush, follower::note);
      publisher.runUntil(Instant.now().plus(unheeded).plus(counted));
      follower.awaitAll(publisher.took().size());
      return follower.unfinished <= UNFINISHED * counted.dividedBy(flush);
    } finally {
      observers.close();
    }
  }

  private static final class Follower {
    private final Deployment deployment;
    private final Fleet fleet;
    private final long unheeded;
    private final double before;
    private int unfinished;

    Follower(Deployment deployment, Fleet fleet, long unheeded, double before) {
      this.deployment = deployment;
      this.fleet = fleet;
      this.unheeded = unheeded;
      this.before = before;
    }

    /** As the next flush is about to come. */
    void note(long published) {
      if (published > unheeded && deployment.accepted() < acceptedAfter(published)) {
        unfinished++;
      }
    }

    void awaitAll(long published) throws InterruptedException {
      deployment.awaitAccepted((long) acceptedAfter(published));
    }

    private double acceptedAfter(long published) {
      return before + (double) published * fleet.sources();
    }
  }
}
