package io.layerwatch.instrumentation.publish;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.publish.Delivery.Outcome;
import io.layerwatch.instrumentation.publish.Delivery.Parcel;
import io.layerwatch.instrumentation.publish.SummaryAccumulator.Interval;
import io.layerwatch.instrumentation.publish.SummaryPublisher.Source;
import io.layerwatch.runtime.topics.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends intervals, one at a time, as one summary a site and layer. Not safe for use by several
 * threads, but for {@link #kafkaMetrics}.
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
  private final Serializer<ActivationSummary> serializer;
  private final Supplier<Producer<String, byte[]>> producers;
  private final PublisherMetrics metrics;
  private volatile Optional<Producer<String, byte[]>> producer = Optional.empty();
  private long nextSequenceNumber;
  private long earlierTokens;
  private Delivery delivery = new Delivery(List.of());
  private boolean waiting;

  SummarySender(
      Source source,
      Topic<ActivationSummary> topic,
      Supplier<Producer<String, byte[]>> producers,
      PublisherMetrics metrics) {
    this.source = source;
    this.topic = topic;
    this.serializer = topic.serde().serializer();
    this.producers = producers;
    this.metrics = metrics;
  }

  /**
   * Hands the interval over; nothing is on its way.
   *
   * @return false when nothing was handed over and the interval has to wait, whole
   */
  boolean send(Interval interval) {
    List<Parcel> parcels;
    Producer<String, byte[]> kafka;
    try {
      // Whatever can fail does so before the first record is handed over.
      kafka = reachable();
      parcels = serialize(interval);
    } catch (RuntimeException e) {
      warnOfWaiting(e);
      return false;
    }
    take(interval);
    delivery = new Delivery(parcels);
    handOver(kafka);
    return true;
  }

  private Producer<String, byte[]> reachable() {
    Producer<String, byte[]> kafka = producer.orElseGet(producers);
    producer = Optional.of(kafka);
    kafka.partitionsFor(topic.name());
    return kafka;
  }

  /** The producer may forget at any time where to send, and then takes only a part. */
  private void handOver(Producer<String, byte[]> kafka) {
    delivery.handOver(kafka);
    if (delivery.handedOver() && waiting) {
      LOG.info("summaries are sent again");
      waiting = false;
    }
  }

  private void handOverTheRest() {
    try {
      handOver(reachable());
    } catch (RuntimeException e) {
      warnOfWaiting(e);
    }
  }

  private void warnOfWaiting(RuntimeException e) {
    if (!waiting) {
      LOG.warn("summaries cannot be sent and wait", e);
      waiting = true;
    }
  }

  private List<Parcel> serialize(Interval interval) {
    long timestamp = interval.time().start().toEpochMilli();
    List<Parcel> parcels = new ArrayList<>();
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
        byte[] value = serializer.serialize(topic.name(), summary);
        parcels.add(
            new Parcel(
                new ProducerRecord<>(topic.name(), null, timestamp, source.model().key(), value),
                layers.get(layer).tokens()));
      }
    }
    return parcels;
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
    if (!delivery.handedOver()) {
      handOverTheRest();
    }
    if (!delivery.settled()) {
      return false;
    }
    Outcome outcome = delivery.outcome();
    count(outcome);
    if (outcome.failure().isPresent()) {
      LOG.warn("Kafka refused summaries, which are given up", outcome.failure().get());
      // A producer that failed for good never recovers; nothing of it is on its way.
      closeProducer();
    }
    return true;
  }

  /** Waits for what is on its way, at most that long; returns whether it is settled. */
  boolean awaitSettled(Duration timeout) {
    delivery.await(timeout);
    return settled();
  }

  /**
   * Ends the producer, then counts what is still on its way: a summary that Kafka has not confirmed
   * may or may not have arrived.
   */
  @Override
  public void close() {
    Outcome before = delivery.outcome();
    closeProducer();
    Outcome outcome = before.answeredSince(delivery.outcome());
    count(outcome);
    if (outcome.unconfirmed() > 0) {
      LOG.warn("whether {} layer tokens arrived is unknown", outcome.unconfirmed());
    }
  }

  /** What the producer measures, where there is one. */
  Map<MetricName, ? extends Metric> kafkaMetrics() {
    return producer.<Map<MetricName, ? extends Metric>>map(Producer::metrics).orElse(Map.of());
  }

  private void count(Outcome outcome) {
    delivery = new Delivery(List.of());
    metrics.publishedSummaries.inc(outcome.summaries());
    metrics.publishedTokens.inc(outcome.taken());
    metrics.droppedTokens.labelValues(PublisherMetrics.REFUSED).inc(outcome.refused());
    metrics.droppedTokens.labelValues(PublisherMetrics.UNCONFIRMED).inc(outcome.unconfirmed());
    metrics.droppedTokens.labelValues(PublisherMetrics.SHUTDOWN).inc(outcome.unsent());
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
