package io.layerwatch.benchmarks.capacity;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Consumes and decodes the summaries and does nothing with them: what no scorer can beat. */
public final class Ceiling {

  private Ceiling() {}

  static Pass pass(Laboratory laboratory) {
    return pass(laboratory, List.of(0), laboratory.published());
  }

  /** Reads that many summaries of these partitions, in this thread. */
  public static Pass pass(Laboratory laboratory, List<Integer> numbers, long published) {
    var topic = laboratory.topics().activationSummaries();
    var deserializer = topic.serde().deserializer();
    var partitions =
        numbers.stream().map(number -> new TopicPartition(topic.name(), number)).toList();
    // As Kafka Streams configures its own consumer.
    Map<String, Object> config =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            laboratory.bootstrapServers(),
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            1_000);
    try (var consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var batch = consumer.poll(Duration.ofSeconds(30));
      long cpu = Threads.ownCpuNanos();
      long start = System.nanoTime();
      long records = 0;
      long tokens = 0;
      while (true) {
        for (var record : batch) {
          tokens += deserializer.deserialize(topic.name(), record.value()).statistics().tokens();
          records++;
        }
        if (records >= published) {
          break;
        }
        batch = consumer.poll(Duration.ofSeconds(1));
      }
      if (tokens == 0) {
        throw new IllegalStateException("expected tokens in the summaries, got none");
      }
      return new Pass(
          records, (System.nanoTime() - start) / 1e9, (Threads.ownCpuNanos() - cpu) / 1e9);
    }
  }
}
