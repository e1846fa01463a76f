package io.layerwatch.benchmarks.streaming;

import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.benchmarks.capacity.Laboratory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Whether two topics of scores say the same of the windows that are in both. */
final class SameScores {

  private static final double TOLERANCE = 1e-9;

  private record Place(String model, String site, long windowStart, int layer) {}

  private SameScores() {}

  /**
   * Compares every layer's AVSS; returns how many there were in both.
   *
   * @throws IllegalStateException when one differs by more than 1e-9 of itself
   */
  static int compare(Laboratory laboratory, String one, String other) {
    Map<Place, Double> expected = read(laboratory, one);
    Map<Place, Double> actual = read(laboratory, other);
    actual.keySet().retainAll(expected.keySet());
    actual.forEach(
        (place, avss) -> {
          double wanted = expected.get(place);
          if (Math.abs(avss - wanted) > TOLERANCE * Math.abs(wanted)) {
            throw new IllegalStateException(
                place + ": expected " + wanted + ", as on " + one + ", got " + avss);
          }
        });
    return actual.size();
  }

  private static Map<Place, Double> read(Laboratory laboratory, String topic) {
    var scores = laboratory.topics().layerScores().serde().deserializer();
    Map<Place, Double> all = new HashMap<>();
    Map<String, Object> config =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            laboratory.bootstrapServers(),
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed");
    try (var consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      if (partitions.isEmpty()) {
        return all; // Nothing was written yet.
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var batch = consumer.poll(Duration.ofSeconds(10));
      while (!batch.isEmpty()) {
        batch.forEach(record -> add(scores.deserialize(topic, record.value()), all));
        batch = consumer.poll(Duration.ofSeconds(2));
      }
    }
    return all;
  }

  private static void add(ModelScores scores, Map<Place, Double> to) {
    for (LayerScore layer : scores.layers()) {
      layer
          .avss()
          .score()
          .ifPresent(
              avss ->
                  to.put(
                      new Place(
                          scores.model().key(),
                          scores.site(),
                          scores.window().start().toEpochMilli(),
                          layer.layer()),
                      avss));
    }
  }
}
