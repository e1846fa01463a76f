package io.layerwatch.benchmarks.freshness;

import io.layerwatch.benchmarks.FreePort;
import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.benchmarks.launch.MetricsPage;
import io.layerwatch.benchmarks.launch.Running;
import io.layerwatch.runtime.process.Lifecycle;
import java.time.Duration;
import java.util.Map;

/**
 * A scorer and a recommender, each a process as its users start it, beside a broker and a registry
 * in this one.
 */
final class Deployment implements AutoCloseable {

  private static final String ACCEPTED = "layerwatch_scorer_accepted_summaries_total";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Lifecycle parts = new Lifecycle();
  private final Setup setup;
  private final Laboratory laboratory;
  private final MetricsPage scorer;

  Deployment(Setup setup) {
    this.setup = setup;
    laboratory = new Laboratory();
    try {
      scorer = new MetricsPage(start("score", setup.scorer()));
      start("recommend", setup.recommender());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Returns its admin port. */
  private int start(String command, Map<String, String> settings) {
    int port = FreePort.find();
    Running running =
        setup.launcher().start(setup.java(), laboratory.service(command, settings).arguments(port));
    parts.add(command, running);
    running.awaitReady(port);
    return port;
  }

  Setup setup() {
    return setup;
  }

  Laboratory laboratory() {
    return laboratory;
  }

  /** Notes what is seen from now on, until it is closed. */
  Lifecycle watch(Arrivals arrivals) {
    Lifecycle observers = new Lifecycle();
    observers.add("records", new TopicObserver(laboratory, arrivals));
    observers.add("gauges", new GaugeObserver(scorer, arrivals));
    return observers;
  }

  /** Summaries that the scorer has merged. */
  double accepted() {
    return scorer.value(ACCEPTED);
  }

  /** Waits until the scorer has merged that many summaries. */
  void awaitAccepted(long summaries) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (accepted() < summaries) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "expected %d summaries merged, got %.0f".formatted(summaries, accepted()));
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    parts.close();
    laboratory.close();
  }
}
