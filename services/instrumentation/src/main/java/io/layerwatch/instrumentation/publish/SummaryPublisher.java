package io.layerwatch.instrumentation.publish;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.publish.SummaryAccumulator.Interval;
import io.layerwatch.runtime.topics.Topic;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
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
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final Source source;
  private final SummaryAccumulator accumulator;
  private final Backlog backlog;
  private final Topic<ActivationSummary> topic;
  private final Producer<String, byte[]> producer;
  private final PublisherMetrics metrics;
  private final List<Future<RecordMetadata>> onTheWay = new ArrayList<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread publisher = new Thread(task, "layerwatch-publisher");
            publisher.setDaemon(true);
            return publisher;
          });
  private long nextSequenceNumber;
  private long tokensOnTheWay;
  private boolean kafkaAway;

  /** Whose summaries these are. */
  public record Source(ModelId model, ModelShape shape, String instance) {}

  /**
   * How summaries are sent.
   *
   * @param flushInterval length of one summary
   * @param mergeWindow what waiting summaries merge to
   * @param capacity most merge windows that wait
   */
  public record Plan(Duration flushInterval, Duration mergeWindow, int capacity) {}

  public SummaryPublisher(
      Source source,
      SummaryAccumulator accumulator,
      Plan plan,
      Topic<ActivationSummary> topic,
      Map<String, Object> kafka,
      PrometheusRegistry registry) {
    this.source = source;
    this.accumulator = accumulator;
    this.backlog = new Backlog(plan.mergeWindow(), plan.capacity());
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(
            producerConfig(kafka), new StringSerializer(), new ByteArraySerializer());
    this.metrics = new PublisherMetrics(registry);
    long pause = Math.max(20, plan.flushInterval().toMillis() / 10);
    var ticking = thread.scheduleWithFixedDelay(this::tick, pause, pause, TimeUnit.MILLISECONDS);
    LOG.debug("publishing {}: {}", source, ticking);
  }

  /** Tokens observed: for the ledger. */
  public void countObserved(long tokens) {
    metrics.observedTokens.inc(tokens);
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
    } catch (RuntimeException e) {
      LOG.warn("publishing failed and goes on", e);
    }
  }

  private void enqueue(Interval interval) {
    backlog
        .add(interval)
        .ifPresent(
            dropped -> {
              metrics.droppedTokens.labelValues("backlog_full").inc(dropped.tokens());
              LOG.warn(
                  "gave up {} tokens of {}: too much waits for Kafka",
                  dropped.tokens(),
                  dropped.time());
            });
  }

  private void sendWaiting() {
    while (settled()) {
      Optional<Interval> next = backlog.poll();
      if (next.isEmpty() || !send(next.get())) {
        break;
      }
    }
    metrics.waitingWindows.set(backlog.size());
  }

  /** Whether nothing is on its way any more; counts what arrived. */
  private boolean settled() {
    if (!onTheWay.stream().allMatch(Future::isDone)) {
      return false;
    }
    long failed = onTheWay.stream().filter(SummaryPublisher::failed).count();
    metrics.publishedSummaries.inc(onTheWay.size() - failed);
    if (failed > 0) {
      metrics.droppedTokens.labelValues("refused").inc(tokensOnTheWay);
    } else if (!onTheWay.isEmpty()) {
      metrics.publishedTokens.inc(tokensOnTheWay);
    }
    onTheWay.clear();
    tokensOnTheWay = 0;
    return true;
  }

  private static boolean failed(Future<RecordMetadata> sent) {
    try {
      sent.get();
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } catch (java.util.concurrent.ExecutionException e) {
      LOG.warn("Kafka refused a summary", e.getCause());
      return true;
    }
  }

  /** Hands the interval to the producer; false when it has to wait, whole. */
  private boolean send(Interval interval) {
    List<byte[]> values;
    try {
      // Whatever can fail does so before the first record is handed over.
      producer.partitionsFor(topic.name());
      values = serialize(interval);
    } catch (RetriableException | SerializationException e) {
      backOff(interval, e);
      return false;
    }
    if (kafkaAway) {
      LOG.info("Kafka is back, {} windows wait", backlog.size());
      kafkaAway = false;
    }
    long timestamp = interval.time().start().toEpochMilli();
    for (byte[] value : values) {
      onTheWay.add(
          producer.send(
              new ProducerRecord<>(topic.name(), null, timestamp, source.model().key(), value)));
    }
    nextSequenceNumber++;
    tokensOnTheWay = interval.tokens();
    return true;
  }

  private void backOff(Interval interval, KafkaException reason) {
    enqueue(interval);
    if (!kafkaAway) {
      LOG.warn("summaries cannot be sent and wait", reason);
      kafkaAway = true;
    }
  }

  private List<byte[]> serialize(Interval interval) {
    List<byte[]> values = new ArrayList<>();
    for (var site : interval.layersBySite().entrySet()) {
      List<LayerStatistics> layers = site.getValue();
      for (int layer = 0; layer < layers.size(); layer++) {
        ActivationSummary summary =
            new ActivationSummary(
                source.model(),
                source.shape(),
                site.getKey().id(),
                layer,
                source.instance(),
                nextSequenceNumber,
                interval.time(),
                layers.get(layer));
        values.add(topic.serde().serializer().serialize(topic.name(), summary));
      }
    }
    return values;
  }

  /** Sends what is left, for a bounded time. */
  @Override
  public void close() {
    var last =
        thread.submit(
            () -> {
              accumulator.takeAll().forEach(this::enqueue);
              sendWaiting();
              producer.flush();
              sendWaiting();
            });
    try {
      last.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      LOG.warn("{} merge windows and what was on its way stay unsent", backlog.size());
    }
    thread.shutdownNow();
    producer.close(Duration.ofMillis(200));
  }
}
