package io.layerwatch.benchmarks.capacity;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Bytes;

/** An application's changelogs, as they are on the broker. */
final class Changelogs implements AutoCloseable {

  private final String application;
  private final Map<String, Object> config;
  private final Admin admin;

  Changelogs(Laboratory laboratory, String application) {
    this.application = application;
    config = Map.of("bootstrap.servers", laboratory.bootstrapServers());
    admin = Admin.create(config);
  }

  /** Waits until the application has committed all of a topic, its state included. */
  void awaitCommitted(TopicPartition partition) {
    while (committed(partition) < end(partition)) {
      Pauses.milliseconds(20);
    }
  }

  private long committed(TopicPartition partition) {
    var offsets = get(admin.listConsumerGroupOffsets(application).partitionsToOffsetAndMetadata());
    return offsets.get(partition) == null ? -1 : offsets.get(partition).offset();
  }

  private long end(TopicPartition partition) {
    return get(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all())
        .get(partition)
        .offset();
  }

  /** Bytes on the broker's disk, all that a restart reads. */
  long bytes() {
    int broker = get(admin.describeCluster().nodes()).iterator().next().id();
    return get(admin.describeLogDirs(List.of(broker)).allDescriptions())
        .get(broker)
        .values()
        .stream()
        .flatMap(directory -> directory.replicaInfos().entrySet().stream())
        .filter(replica -> isOurs(replica.getKey().topic()))
        .mapToLong(replica -> replica.getValue().size())
        .sum();
  }

  /** Bytes of keys and values of the latest record of every key: the state itself. */
  long liveBytes() {
    List<TopicPartition> partitions =
        get(admin.listTopics().names()).stream()
            .filter(this::isOurs)
            .map(topic -> new TopicPartition(topic, 0))
            .collect(Collectors.toList());
    Map<Map.Entry<String, Bytes>, Integer> sizes = new HashMap<>();
    Map<String, Object> reading = new HashMap<>(config);
    reading.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    try (var consumer =
        new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          var key = Map.entry(record.topic(), Bytes.wrap(record.key()));
          if (record.value() == null) {
            sizes.remove(key);
          } else {
            sizes.put(key, record.key().length + record.value().length);
          }
        }
      }
    }
    return sizes.values().stream().mapToLong(Integer::longValue).sum();
  }

  private boolean isOurs(String topic) {
    return topic.startsWith(application + "-") && topic.endsWith("-changelog");
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
