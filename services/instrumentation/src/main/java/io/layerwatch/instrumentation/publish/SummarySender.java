package io.layerwatch.instrumentation.publish;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.publish.SummaryAccumulator.Interval;
import io.layerwatch.instrumentation.publish.SummaryPublisher.Source;
import io.layerwatch.runtime.topics.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends intervals, one at a time, as one summary a site and layer. Not safe for use by several
 * threads.
 *
 * <p>Every interval takes the next sequence number, one that is given up too. So a reader can tell
 * from the numbers which summaries are missing, and from {@code earlierTokens} how many tokens they
 * held.
 */
final class SummarySender implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SummarySender.class);
  private static final Duration PRODUCER_CLOSE_TIMEOUT = Duration.ofMillis(200);

  private final Source source;
  private final Topic<ActivationSummary> topic;
  private final Supplier<Producer<String, byte[]>> producers;
  private final PublisherMetrics metrics;
  private final List<OnTheWay> onTheWay = new ArrayList<>();
  private Optional<Producer<String, byte[]>> producer = Optional.empty();
  private long nextSequenceNumber;
  private long earlierTokens;
  private boolean waiting;

  private record OnTheWay(CompletableFuture<RecordMetadata> sent, long tokens) {

    boolean confirmed() {
      return sent.isDone() && !sent.isCompletedExceptionally();
    }

    Optional<Throwable> failure() {
      return sent.handle((taken, error) -> Optional.ofNullable(error)).getNow(Optional.empty());
    }
  }

  private record Ready(ProducerRecord<String, byte[]> summary, long tokens) {}

  SummarySender(
      Source source,
      Topic<ActivationSummary> topic,
      Supplier<Producer<String, byte[]>> producers,
      PublisherMetrics metrics) {
    this.source = source;
    this.topic = topic;
    this.producers = producers;
    this.metrics = metrics;
  }

  /**
   * Hands the interval over; nothing is on its way.
   *
   * @return false when nothing was handed over and the interval has to wait, whole
   */
  boolean send(Interval interval) {
    List<Ready> ready;
    Producer<String, byte[]> kafka;
    try {
      // Whatever can fail does so before the first record is handed over.
      kafka = producer.orElseGet(producers);
      producer = Optional.of(kafka);
      kafka.partitionsFor(topic.name());
      ready = serialize(interval);
    } catch (RuntimeException e) {
      if (!waiting) {
        LOG.warn("summaries cannot be sent and wait", e);
        waiting = true;
      }
      return false;
    }
    if (waiting) {
      LOG.info("summaries are sent again");
      waiting = false;
    }
    take(interval);
    for (Ready each : ready) {
      onTheWay.add(new OnTheWay(handOver(kafka, each.summary), each.tokens));
    }
    return true;
  }

  private static CompletableFuture<RecordMetadata> handOver(
      Producer<String, byte[]> kafka, ProducerRecord<String, byte[]> summary) {
    CompletableFuture<RecordMetadata> sent = new CompletableFuture<>();
    try {
      Future<RecordMetadata> unused =
          kafka.send(
              summary,
              (taken, error) -> {
                if (error == null) {
                  sent.complete(taken);
                } else {
                  sent.completeExceptionally(error);
                }
              });
    } catch (RuntimeException | Error e) {
      // Its number is taken; the others of the interval go on.
      sent.completeExceptionally(e);
    }
    return sent;
  }

  private List<Ready> serialize(Interval interval) {
    long timestamp = interval.time().start().toEpochMilli();
    List<Ready> ready = new ArrayList<>();
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
                earlierTokens,
                interval.time(),
                layers.get(layer));
        byte[] value = topic.serde().serializer().serialize(topic.name(), summary);
        ready.add(
            new Ready(
                new ProducerRecord<>(topic.name(), null, timestamp, source.model().key(), value),
                layers.get(layer).tokens()));
      }
    }
    return ready;
  }

  /** Counts an interval that is never sent, and leaves a gap in the numbers for it. */
  void giveUp(Interval interval, String reason) {
    take(interval);
    metrics.droppedTokens.labelValues(reason).inc(interval.layerTokens());
    LOG.warn("gave up {} layer tokens of {}: {}", interval.layerTokens(), interval.time(), reason);
  }

  private void take(Interval interval) {
    nextSequenceNumber++;
    earlierTokens += interval.tokens();
  }

  /** Whether nothing is on its way any more; counts what became of it. */
  boolean settled() {
    if (!onTheWay.stream().allMatch(each -> each.sent.isDone())) {
      return false;
    }
    Optional<Throwable> lastFailure = Optional.empty();
    for (OnTheWay each : onTheWay) {
      if (each.confirmed()) {
        countPublished(each);
      } else {
        metrics.droppedTokens.labelValues(PublisherMetrics.REFUSED).inc(each.tokens);
        lastFailure = each.failure();
      }
    }
    onTheWay.clear();
    if (lastFailure.isPresent()) {
      LOG.warn("Kafka refused summaries, which are given up", lastFailure.get());
      // A producer that failed for good never recovers; nothing of it is on its way.
      closeProducer();
    }
    return true;
  }

  private void countPublished(OnTheWay summary) {
    metrics.publishedSummaries.inc();
    metrics.publishedTokens.inc(summary.tokens);
  }

  /** Waits for what is on its way, at most that long; returns whether it is settled. */
  boolean awaitSettled(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (OnTheWay each : onTheWay) {
      try {
        each.sent.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      } catch (TimeoutException e) {
        return false;
      } catch (ExecutionException e) {
        LOG.debug("counted once all are done", e);
      }
    }
    return settled();
  }

  /**
   * Ends the producer, then counts what is still on its way: a summary that Kafka has not confirmed
   * may or may not have arrived.
   */
  @Override
  public void close() {
    closeProducer();
    long unknown = 0;
    for (OnTheWay each : onTheWay) {
      if (each.confirmed()) {
        countPublished(each);
      } else {
        metrics.droppedTokens.labelValues(PublisherMetrics.UNCONFIRMED).inc(each.tokens);
        unknown++;
      }
    }
    if (unknown > 0) {
      LOG.warn("{} summaries were on their way; whether they arrived is unknown", unknown);
    }
    onTheWay.clear();
  }

  private void closeProducer() {
    try {
      producer.ifPresent(kafka -> kafka.close(PRODUCER_CLOSE_TIMEOUT));
    } catch (KafkaException e) {
      LOG.warn("the producer failed to close", e);
    }
    producer = Optional.empty();
  }
}
