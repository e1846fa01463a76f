package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends bytes to the summaries' topic and collects the dead letters that become of them. */
public final class RawRecords implements AutoCloseable {

  /** Where a record is, on the summaries' topic. */
  public record Place(int partition, long offset) {}

  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<Place, ConsumerRecord<byte[], byte[]>> letters = new HashMap<>();

  public RawRecords(Map<String, Object> kafka, Topics topics) {
    this.topic = topics.activationSummaries().name();
    Map<String, Object> sending = new HashMap<>(kafka);
    sending.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 8 << 20);
    producer = new KafkaProducer<>(sending, new ByteArraySerializer(), new ByteArraySerializer());
    Map<String, Object> reading = new HashMap<>(kafka);
    reading.put(ConsumerConfig.GROUP_ID_CONFIG, "dead-letters");
    reading.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    reading.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    consumer =
        new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.subscribe(List.of(topics.rejected().name()));
  }

  public Future<RecordMetadata> send(byte[] key, byte[] value) {
    return producer.send(new ProducerRecord<>(topic, key, value));
  }

  /** As a client that sets no timestamp, which Java's own always does. */
  Future<RecordMetadata> sendWithoutTimestamp(byte[] key, byte[] value) {
    return producer.send(
        new ProducerRecord<>(topic, key, value) {
          @Override
          public Long timestamp() {
            return -1L;
          }
        });
  }

  public static Place place(Future<RecordMetadata> sent)
      throws ExecutionException, InterruptedException {
    RecordMetadata metadata = sent.get();
    return new Place(metadata.partition(), metadata.offset());
  }

  /** Lets a topic take records up to that size, and waits until the broker says so. */
  static void takeUpTo(int bytes, Topic<?> topic, Map<String, Object> kafka)
      throws ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    String name = TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
    String value = Integer.toString(bytes);
    try (Admin admin = Admin.create(kafka)) {
      AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
      admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
      await()
          .until(
              () -> {
                var known = admin.describeConfigs(List.of(resource)).all().get().get(resource);
                return known.get(name).value().equals(value);
              });
    }
  }

  /** The dead letters that have come so far, each record's once. */
  public Map<Place, ConsumerRecord<byte[], byte[]>> letters() {
    consumer
        .poll(Duration.ofMillis(100))
        .forEach(
            letter -> {
              assertThat(header(letter, "origin.topic")).isEqualTo(topic);
              Place origin =
                  new Place(
                      Integer.parseInt(header(letter, "origin.partition")),
                      Long.parseLong(header(letter, "origin.offset")));
              assertThat(letters.put(origin, letter)).as("a second letter of %s", origin).isNull();
            });
    return letters;
  }

  public static String header(ConsumerRecord<?, ?> letter, String name) {
    return new String(
        letter.headers().lastHeader("layerwatch." + name).value(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    consumer.close();
  }
}
