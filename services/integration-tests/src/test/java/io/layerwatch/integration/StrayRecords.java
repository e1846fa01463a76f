package io.layerwatch.integration;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.runtime.topics.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes records that no instance of ours would write, under a model's key. */
final class StrayRecords implements AutoCloseable {

  private static final double[] LADDER = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1};

  private final Topic<ActivationSummary> topic;
  private final ActivationSummary example;
  private final KafkaProducer<String, byte[]> producer;

  /** Writes about the example's model, of the example's shape. */
  StrayRecords(Topic<ActivationSummary> topic, ActivationSummary example, String brokers) {
    this.topic = topic;
    this.example = example;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  void garbage() throws Exception {
    send(example.model().key(), "no summary at all".getBytes(StandardCharsets.UTF_8));
  }

  /** A summary as good as any, but for its key, which is another model's. */
  void underAnotherKey(int tokens) throws Exception {
    send("other@r1", encoded("key-stranger", tokens, interval(Instant.now())));
  }

  /** A summary that straddles windows. */
  void acrossWindows(int tokens, Duration windowSize) throws Exception {
    Instant end = TimeWindow.of(Instant.now(), windowSize).end();
    send(
        example.model().key(),
        encoded(
            "misaligned-stranger",
            tokens,
            new TimeWindow(end.minusMillis(100), end.plusMillis(100))));
  }

  /** A summary of long ago, from an instance of which nobody has heard. */
  void late(int tokens, Duration ago) throws Exception {
    send(example.model().key(), encoded("straggler", tokens, interval(Instant.now().minus(ago))));
  }

  private static TimeWindow interval(Instant at) {
    return TimeWindow.of(at, Duration.ofMillis(200));
  }

  private byte[] encoded(String instance, int tokens, TimeWindow interval) {
    double[] values = new double[tokens];
    ActivationSummary summary =
        new ActivationSummary(
            example.model(),
            example.shape(),
            Site.BLOCK_OUTPUT.id(),
            0,
            instance,
            0,
            0,
            interval,
            new LayerStatistics(
                tokens, 1, Moments.of(values), 0, NearZeroLadder.of(LADDER, values), 0, tokens));
    return topic.serde().serializer().serialize(topic.name(), summary);
  }

  private void send(String key, byte[] value) throws Exception {
    producer.send(new ProducerRecord<>(topic.name(), key, value)).get();
  }

  @Override
  public void close() {
    producer.close();
  }
}
