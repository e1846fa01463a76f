package io.layerwatch.instrumentation.publish;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.instrumentation.publish.SummaryAccumulator.Interval;
import io.layerwatch.instrumentation.publish.TokenMinimum.Released;
import io.layerwatch.probe.Observation;
import io.layerwatch.runtime.metrics.KafkaMetrics;
import io.layerwatch.runtime.topics.Topic;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes every ended flush interval as one summary a site and layer.
 *
 * <p>All of it happens on a thread of its own; requests only ever add to the accumulator. One
 * interval is on its way at a time, and those that end meanwhile merge in the {@link Backlog}. A
 * record handed to the producer is retried, idempotently, for as long as the process lives; so it
 * arrives once, whenever Kafka comes back.
 */
public final class SummaryPublisher implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SummaryPublisher.class);
  private static final Duration DRAIN_TIMEOUT = Duration.ofMillis(1_500);
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(2_500);
  private static final Duration COUNT_TIMEOUT = Duration.ofMillis(500);

  private final SummaryAccumulator accumulator;
  private final TokenMinimum tokenMinimum;
  private final Backlog backlog;
  private final SummarySender sender;
  private final PublisherMetrics metrics;
  private final KafkaMetrics kafkaMetrics;
  private final AtomicReference<Thread> worker = new AtomicReference<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread publisher = new Thread(task, "layerwatch-publisher");
            publisher.setDaemon(true);
            worker.set(publisher);
            return publisher;
          });

  /** Whose summaries these are. */
  public record Source(ModelId model, ModelShape shape, String instance) {}

  /**
   * How summaries are sent.
   *
   * @param flushInterval length of one summary
   * @param mergeWindow what waiting summaries merge to
   * @param capacity most merge windows that wait
   * @param minimumTokens of a summary that holds any
   */
  public record Plan(
      Duration flushInterval, Duration mergeWindow, int capacity, long minimumTokens) {}

  public SummaryPublisher(
      Source source,
      SummaryAccumulator accumulator,
      Plan plan,
      Topic<ActivationSummary> topic,
      Map<String, Object> kafka,
      PrometheusRegistry registry) {
    this(
        source,
        accumulator,
        plan,
        topic,
        () ->
            new KafkaProducer<>(
                producerConfig(kafka), new StringSerializer(), new ByteArraySerializer()),
        registry);
  }

  SummaryPublisher(
      Source source,
      SummaryAccumulator accumulator,
      Plan plan,
      Topic<ActivationSummary> topic,
      Supplier<Producer<String, byte[]>> producers,
      PrometheusRegistry registry) {
    this.accumulator = accumulator;
    this.tokenMinimum = new TokenMinimum(plan.minimumTokens(), plan.mergeWindow());
    this.backlog = new Backlog(plan.mergeWindow(), plan.capacity());
    this.metrics = new PublisherMetrics(registry);
    this.sender = new SummarySender(source, topic, producers, metrics);
    this.kafkaMetrics = KafkaMetrics.export(registry, "instrumentation", sender::kafkaMetrics);
    long pause = Math.max(20, plan.flushInterval().toMillis() / 10);
    var ticking = thread.scheduleWithFixedDelay(this::tick, pause, pause, TimeUnit.MILLISECONDS);
    LOG.debug("publishing {}: {}", source, ticking);
  }

  /** Takes what was observed now. Never waits for Kafka. */
  public void observe(Observation observation) {
    boolean added = accumulator.add(observation);
    metrics.observedTokens.inc(observation.layerTokens());
    if (!added) {
      // A pass that was still running when this was closed.
      metrics.droppedTokens.labelValues(PublisherMetrics.SHUTDOWN).inc(observation.layerTokens());
    }
  }

  private static Map<String, Object> producerConfig(Map<String, Object> kafka) {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "layerwatch-publisher");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
    config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2_000);
    config.putAll(kafka);
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    // Giving a record up after a time could lose it, sending it anew could double it.
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    return config;
  }

  private void tick() {
    try {
      accumulator.takeEnded().forEach(this::enqueue);
      sendWaiting();
    } catch (RuntimeException | Error e) {
      // What a repeated task throws ends it, without a word.
      LOG.warn("publishing failed and goes on", e);
    }
  }

  private void enqueue(Interval interval) {
    tokenMinimum.add(interval).forEach(this::enqueue);
  }

  private void enqueue(Released released) {
    metrics
        .droppedTokens
        .labelValues(PublisherMetrics.TOO_FEW_TOKENS)
        .inc(released.withheldLayerTokens());
    backlog
        .add(released.interval())
        .ifPresent(dropped -> sender.giveUp(dropped, PublisherMetrics.BACKLOG_FULL));
  }

  /** Sends until something is on its way or nothing waits; false when Kafka cannot be reached. */
  private boolean sendWaiting() {
    boolean sent = true;
    while (sent && sender.settled()) {
      Optional<Interval> next = backlog.oldest();
      if (next.isEmpty()) {
        break;
      }
      sent = sender.send(next.get());
      if (sent) {
        next = backlog.poll();
      }
    }
    metrics.waitingWindows.set(backlog.size());
    return sent;
  }

  /** Sends what is left, for a bounded time, and counts what could not be sent. */
  @Override
  public void close() {
    if (thread.isShutdown()) {
      return;
    }
    kafkaMetrics.close();
    long deadline = System.nanoTime() + DRAIN_TIMEOUT.toNanos();
    thread.execute(() -> drain(deadline));
    // Ends the ticks: one after the drain would start a producer that nobody closes.
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        // A tick that waits for Kafka or the registry; what is left must still be counted.
        worker.get().interrupt();
        boolean counted = thread.awaitTermination(COUNT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        LOG.warn("the last summaries could not be sent in time; counted: {}", counted);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void drain(long deadline) {
    accumulator.takeAll().forEach(this::enqueue);
    tokenMinimum.end().ifPresent(this::enqueue);
    boolean reachable = true;
    while (reachable
        && System.nanoTime() < deadline
        && !(sender.settled() && backlog.size() == 0)) {
      reachable =
          sendWaiting() && sender.awaitSettled(Duration.ofNanos(deadline - System.nanoTime()));
    }
    // Whoever interrupted this wanted it to stop waiting, not to stop counting.
    boolean interrupted = Thread.interrupted();
    LOG.debug("drained; interrupted: {}", interrupted);
    sender.close();
    for (var left = backlog.poll(); left.isPresent(); left = backlog.poll()) {
      sender.giveUp(left.get(), PublisherMetrics.SHUTDOWN);
    }
    metrics.waitingWindows.set(0);
  }
}
