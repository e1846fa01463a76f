package io.layerwatch.benchmarks.capacity;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.scorer.StreamsTuning;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Consumes and decodes summaries and does nothing with them: what no scorer can beat.
 *
 * @param partitions which are read
 * @param read counts the summaries
 */
public record Ceiling(
    Topic<ActivationSummary> topic,
    String bootstrapServers,
    List<Integer> partitions,
    LongAdder read) {

  public Ceiling {
    partitions = List.copyOf(partitions);
  }

  static Pass pass(Laboratory laboratory) {
    return new Ceiling(
            laboratory.topics().activationSummaries(),
            laboratory.bootstrapServers(),
            List.of(0),
            new LongAdder())
        .pass(laboratory.published());
  }

  /** Reads that many summaries, in this thread. */
  public Pass pass(long published) {
    var deserializer = topic.serde().deserializer();
    var assigned =
        partitions.stream().map(number -> new TopicPartition(topic.name(), number)).toList();
    // As the scorer's consumer.
    Map<String, Object> config =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            1_000,
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            StreamsTuning.FETCH_BYTES);
    try (var consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(assigned);
      consumer.seekToBeginning(assigned);
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
        read.add(batch.count());
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
