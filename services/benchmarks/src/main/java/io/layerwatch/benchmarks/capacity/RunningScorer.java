package io.layerwatch.benchmarks.capacity;

import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.Scorer;
import io.layerwatch.scorer.ScorerSettings;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The production scorer, seen through what it shows of itself: health, metrics, threads. */
public final class RunningScorer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final String applicationId;
  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final Health health = new Health();
  private final Scorer scorer;

  private RunningScorer(Settings settings, Topics topics, Map<String, Object> streams) {
    ScorerSettings own = ScorerSettings.of(settings);
    applicationId = own.applicationId();
    scorer = new Scorer(own, settings, streams, topics, metrics, health);
  }

  /** Starts one that reads the topic from its start, or where it stopped. */
  public static RunningScorer start(Settings settings, Topics topics, Map<String, Object> streams) {
    return new RunningScorer(settings, topics, streams);
  }

  String applicationId() {
    return applicationId;
  }

  /** Waits until its state is restored and it reads. */
  void awaitRunning() {
    await(() -> health.problems().isEmpty(), "to run: " + health.problems());
  }

  /** Waits until that many summaries are merged. */
  void awaitAccepted(long summaries) {
    await(() -> accepted() >= summaries, "to accept " + summaries);
  }

  /** Times the way from the first summary to that many. */
  Pass pass(long summaries) {
    return pass(1, summaries);
  }

  /** Times the way from one number of summaries to another. */
  Pass pass(long first, long summaries) {
    awaitAccepted(first);
    long from = accepted();
    long cpu = Threads.cpuNanos(applicationId, "StreamThread");
    long start = System.nanoTime();
    awaitAccepted(summaries);
    return new Pass(
        accepted() - from,
        (System.nanoTime() - start) / 1e9,
        (Threads.cpuNanos(applicationId, "StreamThread") - cpu) / 1e9);
  }

  /** How many summaries are merged. */
  public long accepted() {
    return (long) value("layerwatch_scorer_accepted_summaries");
  }

  /** Seconds spent closing windows so far. */
  double closingSeconds() {
    return value("layerwatch_scorer_closing_seconds");
  }

  private double value(String family) {
    return metrics.scrape(family::equals).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(RunningScorer::value)
        .sum();
  }

  private static double value(DataPointSnapshot point) {
    return point instanceof CounterDataPointSnapshot counter
        ? counter.getValue()
        : ((SummaryDataPointSnapshot) point).getSum();
  }

  private void await(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "expected " + applicationId + " " + what + ", got " + accepted() + " accepted");
      }
      Pauses.milliseconds(2);
    }
  }

  @Override
  public void close() {
    scorer.close();
  }
}
