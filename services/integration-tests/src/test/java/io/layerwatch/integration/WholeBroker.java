package io.layerwatch.integration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Every record of every topic that a broker has, Kafka's own included. */
final class WholeBroker {

  private WholeBroker() {}

  /** Secrets in all that the broker has; counts the records of each topic. */
  static List<String> found(
      Secrets secrets, Map<String, Object> kafka, Map<String, Integer> records) throws Exception {
    List<String> found = new ArrayList<>();
    try (Admin admin = Admin.create(kafka);
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get().stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(each -> new TopicPartition(each.topic(), each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          records.merge(record.topic(), 1, Integer::sum);
          parts(record).forEach(part -> found.addAll(secrets.in(part)));
        }
      }
    }
    return found;
  }

  private static List<byte[]> parts(ConsumerRecord<byte[], byte[]> record) {
    List<byte[]> parts = new ArrayList<>();
    if (record.key() != null) {
      parts.add(record.key());
    }
    if (record.value() != null) {
      parts.add(record.value());
    }
    record.headers().forEach(header -> parts.add(header.value()));
    return parts;
  }
}
