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

  private final Source source;
  private final Topic<ActivationSummary> topic;
  private final Supplier<Producer<String, byte[]>> producers;
  private final PublisherMetrics metrics;
  private final List<OnTheWay> onTheWay = new ArrayList<>();
  private Optional<Producer<String, byte[]>> producer = Optional.empty();
  private long nextSequenceNumber;
  private long earlierTokens;
  private boolean waiting;

  private record OnTheWay(Future<RecordMetadata> sent, long tokens) {

    Optional<Throwable> failure() {
      try {
        sent.get();
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.of(e);
      } catch (ExecutionException e) {
        return Optional.of(e.getCause());
      }
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

  private static Future<RecordMetadata> handOver(
      Producer<String, byte[]> kafka, ProducerRecord<String, byte[]> summary) {
    try {
      return kafka.send(summary);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
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
      Optional<Throwable> failure = each.failure();
      if (failure.isEmpty()) {
        metrics.publishedSummaries.inc();
        metrics.publishedTokens.inc(each.tokens);
      } else {
        metrics.droppedTokens.labelValues(PublisherMetrics.REFUSED).inc(each.tokens);
        lastFailure = failure;
      }
    }
    onTheWay.clear();
    if (lastFailure.isPresent()) {
      LOG.warn("Kafka refused summaries, which are given up", lastFailure.get());
      // A producer that failed for good never recovers; nothing of it is on its way.
      close();
    }
    return true;
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

  /** Counts what is on its way as unconfirmed: it may or may not have arrived. */
  void forgetOnTheWay() {
    long tokens = onTheWay.stream().mapToLong(OnTheWay::tokens).sum();
    metrics.droppedTokens.labelValues(PublisherMetrics.UNCONFIRMED).inc(tokens);
    if (!onTheWay.isEmpty()) {
      LOG.warn("{} summaries were on their way; whether they arrived is unknown", onTheWay.size());
    }
    onTheWay.clear();
  }

  @Override
  public void close() {
    producer.ifPresent(kafka -> kafka.close(Duration.ofMillis(200)));
    producer = Optional.empty();
  }
}
