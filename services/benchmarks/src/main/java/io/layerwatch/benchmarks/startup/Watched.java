package io.layerwatch.benchmarks.startup;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A topic on which something new is to appear. */
final class Watched implements AutoCloseable {

  private final KafkaConsumer<byte[], byte[]> consumer;

  /** Begins behind what is there now; the topic exists. */
  Watched(String bootstrapServers, String topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    // Seeking is put off until somebody asks.
    partitions.forEach(consumer::position);
  }

  /** Something, if there is anything new. */
  Optional<Boolean> look() {
    return consumer.poll(Duration.ofMillis(20)).isEmpty() ? Optional.empty() : Optional.of(true);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
