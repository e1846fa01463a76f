package io.layerwatch.benchmarks.streaming;

import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.benchmarks.capacity.Laboratory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The windows that come to a topic of scores from now on, as one sees them who reads committed. */
final class Results implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final double TOLERANCE = 1e-9;

  /** A layer's place in what was scored. */
  record Place(String model, String site, long windowStart, int layer) {}

  private final Laboratory laboratory;
  private final String topic;
  private final int expected;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<byte[]> windows = new ArrayList<>();

  /**
   * Begins at the topic's end.
   *
   * @param expected how many windows are to come, of all sites
   */
  Results(Laboratory laboratory, String topic, int expected) {
    this.laboratory = laboratory;
    this.topic = topic;
    this.expected = expected;
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                laboratory.bootstrapServers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    var partitions =
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
  }

  /** Waits for all of them; returns when the last was there. */
  Instant await() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (windows.size() < expected) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            topic + ": expected " + expected + " windows, got " + windows.size());
      }
      read(Duration.ofMillis(100));
    }
    return Instant.now();
  }

  private void read(Duration patience) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
      windows.add(record.value());
    }
  }

  /**
   * AVSS of all layers of all windows.
   *
   * @throws IllegalStateException when there are more windows than expected, or one twice
   */
  Map<Place, Double> scores() {
    read(Duration.ofSeconds(1));
    var deserializer = laboratory.topics().layerScores().serde().deserializer();
    Map<Place, Double> all = new HashMap<>();
    long layers = 0;
    for (byte[] window : windows) {
      ModelScores scores = deserializer.deserialize(topic, window);
      for (LayerScore layer : scores.layers()) {
        all.put(place(scores, layer), layer.avss().score().orElse(Double.NaN));
        layers++;
      }
    }
    if (windows.size() != expected || all.size() != layers) {
      throw new IllegalStateException(
          "%s: expected %d windows, each once, got %d with %d layers of which %d differ"
              .formatted(topic, expected, windows.size(), layers, all.size()));
    }
    return all;
  }

  private static Place place(ModelScores scores, LayerScore layer) {
    return new Place(
        scores.model().key(), scores.site(), scores.window().start().toEpochMilli(), layer.layer());
  }

  /**
   * Compares scores.
   *
   * @throws IllegalStateException when one is missing or differs by more than 1e-9 of itself
   */
  static void requireSame(Map<Place, Double> expected, Map<Place, Double> actual) {
    if (!actual.keySet().equals(expected.keySet())) {
      Set<Place> missing = new HashSet<>(expected.keySet());
      missing.removeAll(actual.keySet());
      throw new IllegalStateException(
          "expected %d scores, got %d, without %s"
              .formatted(expected.size(), actual.size(), missing.stream().limit(3).toList()));
    }
    actual.forEach(
        (place, avss) -> {
          double wanted = expected.get(place);
          if (!(Math.abs(avss - wanted) <= TOLERANCE * Math.abs(wanted))) {
            throw new IllegalStateException(place + ": expected AVSS " + wanted + ", got " + avss);
          }
        });
  }

  @Override
  public void close() {
    consumer.close();
  }
}
