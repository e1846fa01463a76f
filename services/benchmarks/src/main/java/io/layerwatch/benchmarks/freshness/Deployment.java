package io.layerwatch.benchmarks.freshness;

import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.recommender.Recommender;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.scorer.Scorer;
import io.layerwatch.scorer.ScorerSettings;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The production scorer and recommender on a real broker, with their metrics on a real port. */
final class Deployment implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Lifecycle parts = new Lifecycle();
  private final Laboratory laboratory;
  private final AdminServer admin;
  private final PrometheusRegistry metrics = new PrometheusRegistry();

  Deployment(Map<String, String> settings) {
    laboratory = new Laboratory();
    Map<String, String> all = new HashMap<>(settings);
    all.put(CommonSettings.ADMIN_HOST, "127.0.0.1");
    all.put(CommonSettings.ADMIN_PORT, "0");
    Settings own =
        laboratory.settings(
            RecommenderSettings.addTo(ScorerSettings.addTo(CommonSettings.define())), all);
    Health health = new Health();
    parts.add(
        "scorer",
        new Scorer(
            ScorerSettings.of(own),
            own,
            laboratory.streams(),
            laboratory.topics(),
            metrics,
            health));
    parts.add(
        "recommender",
        new Recommender(
            RecommenderSettings.of(own),
            own,
            laboratory.streams(),
            laboratory.topics(),
            metrics,
            health));
    admin = parts.add("admin", AdminServer.of(own, metrics, health));
    awaitReady(health);
  }

  private static void awaitReady(Health health) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!health.problems().isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("expected both to run, got " + health.problems());
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  Laboratory laboratory() {
    return laboratory;
  }

  /** Notes what is seen from now on. */
  void watch(Arrivals arrivals) {
    parts.add("records", new TopicObserver(laboratory, arrivals));
    URI page = URI.create("http://127.0.0.1:" + admin.port() + "/metrics");
    parts.add("gauges", new GaugeObserver(page, arrivals));
  }

  /** Waits until the scorer has merged that many summaries. */
  void awaitAccepted(long summaries) throws InterruptedException {
    while (accepted() < summaries) {
      Thread.sleep(2);
    }
  }

  private double accepted() {
    return metrics.scrape("layerwatch_scorer_accepted_summaries"::equals).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(point -> ((CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  @Override
  public void close() {
    parts.close();
    laboratory.close();
  }
}
