package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.instrumentation.publish.SummaryAccumulator;
import io.layerwatch.instrumentation.publish.SummaryPublisher;
import io.layerwatch.integration.KnownTraffic.Source;
import io.layerwatch.probe.Observation;
import io.layerwatch.runtime.testing.Metrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Known traffic that real publishers send, as those of an instrumented process do. */
final class ObservedLoad implements AutoCloseable {

  private static final long PAUSE_MILLIS = 50;
  private static final long PER_WINDOW =
      KnownTraffic.WINDOW.toMillis() / KnownTraffic.INTERVAL.toMillis();

  private final KnownTraffic traffic;
  private final MutableClock clock;
  private final List<Instance> instances = new ArrayList<>();
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong observed = new AtomicLong();
  private final AtomicLong end = new AtomicLong(Long.MAX_VALUE);
  private final ScheduledFuture<?> ticking;

  private record Instance(Source source, SummaryPublisher publisher, PrometheusRegistry metrics) {}

  /** Starts to observe, until told when to end. */
  ObservedLoad(KnownTraffic traffic, KnownDeployment deployment) {
    this.traffic = traffic;
    this.clock = new MutableClock(traffic.start);
    KnownTraffic.sources().forEach(source -> instances.add(instance(source, deployment)));
    ticking =
        thread.scheduleAtFixedRate(
            this::observe, PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private Instance instance(Source source, KnownDeployment deployment) {
    SummaryAccumulator accumulator =
        new SummaryAccumulator(
            clock,
            KnownTraffic.INTERVAL,
            KnownTraffic.SITES,
            KnownTraffic.LADDER,
            source.shape().layerCount());
    PrometheusRegistry metrics = new PrometheusRegistry();
    SummaryPublisher publisher =
        new SummaryPublisher(
            new SummaryPublisher.Source(source.model(), source.shape(), source.instance()),
            accumulator,
            new SummaryPublisher.Plan(KnownTraffic.INTERVAL, KnownTraffic.WINDOW, 10_000, 1),
            deployment.topics.activationSummaries(),
            deployment.settings.kafka(),
            metrics);
    return new Instance(source, publisher, metrics);
  }

  private void observe() {
    if (observed.get() < end.get()) {
      for (Instance instance : instances) {
        instance.publisher.observe(
            new Observation(traffic.observe(instance.source, clock.instant())));
      }
      clock.advance(KnownTraffic.INTERVAL);
      observed.incrementAndGet();
    }
  }

  /** Observes that many windows more, ends with a whole one, and lets all windows close. */
  void finish(int windows) {
    end.set((observed.get() / PER_WINDOW + windows + 1) * PER_WINDOW);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> ticking.isDone() || observed.get() == end.get());
    assertThat(ticking.isDone()).as("observing failed").isFalse();
    // Heartbeats go on.
    clock.advance(KnownTraffic.WINDOW.multipliedBy(2));
  }

  /** Whole windows that were observed. */
  int windows() {
    return (int) (observed.get() / PER_WINDOW);
  }

  /** The end of what was observed, in event time. */
  Instant end() {
    return traffic.start.plus(KnownTraffic.INTERVAL.multipliedBy(observed.get()));
  }

  /** A counter of all publishers, added up. */
  long total(String counter, String... labels) {
    return instances.stream()
        .mapToLong(instance -> (long) Metrics.value(instance.metrics, counter, labels))
        .sum();
  }

  @Override
  public void close() {
    thread.shutdownNow();
    instances.forEach(instance -> instance.publisher.close());
  }
}
