package io.layerwatch.integration;

import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A test's own hands and eyes on a broker. */
public final class KafkaOnlooker implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Map<String, Object> config;
  private final Admin admin;
  private final KafkaProducer<String, byte[]> producer;

  /**
   * All that is written anywhere.
   *
   * @param ends the end of each partition of every topic but Kafka's own
   * @param groups the committed offsets of every group
   */
  public record State(Map<String, Long> ends, Map<String, Map<TopicPartition, Long>> groups) {}

  public KafkaOnlooker(Settings settings) {
    config = settings.kafka();
    admin = Admin.create(config);
    producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
  }

  /** Sends summaries as a publisher does, and waits until they have arrived. */
  public void send(Topic<ActivationSummary> topic, List<ActivationSummary> summaries) {
    awaitArrival(
        summaries.stream()
            .map(
                summary ->
                    send(
                        topic.name(),
                        summary.model().key(),
                        summary.interval().start(),
                        topic.serde().serializer().serialize(topic.name(), summary)))
            .toList());
  }

  public void sendBytes(String topic, String key, Instant timestamp, byte[] value) {
    awaitArrival(List.of(send(topic, key, timestamp, value)));
  }

  private Future<RecordMetadata> send(String topic, String key, Instant timestamp, byte[] value) {
    return producer.send(new ProducerRecord<>(topic, null, timestamp.toEpochMilli(), key, value));
  }

  private static void awaitArrival(List<Future<RecordMetadata>> sent) {
    for (Future<RecordMetadata> each : sent) {
      get(each);
    }
  }

  /** All committed values that the topic holds, once no transaction is open in it. */
  <T> List<T> read(Topic<T> topic) {
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                ends(topic.name(), IsolationLevel.READ_COMMITTED)
                    .equals(ends(topic.name(), IsolationLevel.READ_UNCOMMITTED)));
    List<T> values = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record :
        WholeTopic.read(topic.name(), config, IsolationLevel.READ_COMMITTED)) {
      values.add(topic.serde().deserializer().deserialize(topic.name(), record.value()));
    }
    return values;
  }

  /** How many records were ever written, committed or not. */
  int written(Topic<?> topic) {
    return WholeTopic.read(topic.name(), config, IsolationLevel.READ_UNCOMMITTED).size();
  }

  /** Waits until the group has committed all of the topic, and nothing is written any more. */
  void awaitCommitted(String group, String topic) {
    AtomicReference<State> before = new AtomicReference<>(state());
    await()
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              State now = state();
              return now.equals(before.getAndSet(now)) && hasCommitted(now, group, topic);
            });
  }

  private static boolean hasCommitted(State state, String group, String topic) {
    Map<String, Long> ends = new TreeMap<>(state.ends());
    ends.keySet().removeIf(partition -> !partition.startsWith(topic));
    ends.values().removeIf(end -> end == 0);
    Map<String, Long> committed = new TreeMap<>();
    state
        .groups()
        .getOrDefault(group, Map.of())
        .forEach((partition, offset) -> committed.put(partition.toString(), offset));
    return committed.entrySet().containsAll(ends.entrySet());
  }

  State state() {
    Map<String, Long> ends = new TreeMap<>();
    get(admin.listTopics().names())
        .forEach(topic -> ends.putAll(ends(topic, IsolationLevel.READ_UNCOMMITTED)));
    Map<String, Map<TopicPartition, Long>> groups = new TreeMap<>();
    for (GroupListing group : get(admin.listGroups().all())) {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      Map<TopicPartition, OffsetAndMetadata> committed =
          get(admin.listConsumerGroupOffsets(group.groupId()).partitionsToOffsetAndMetadata());
      committed.forEach((partition, offset) -> offsets.put(partition, offset.offset()));
      groups.put(group.groupId(), offsets);
    }
    return new State(ends, groups);
  }

  private Map<String, Long> ends(String topic, IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    get(admin.describeTopics(List.of(topic)).allTopicNames())
        .get(topic)
        .partitions()
        .forEach(
            partition ->
                latest.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
    Map<String, Long> ends = new TreeMap<>();
    get(admin.listOffsets(latest, new ListOffsetsOptions(isolation)).all())
        .forEach((partition, end) -> ends.put(partition.toString(), end.offset()));
    return ends;
  }

  /** Creates a topic of one partition that takes no record larger than that. */
  void createTopic(String name, int largestRecord) {
    get(
        admin
            .createTopics(
                List.of(
                    new NewTopic(name, 1, (short) 1)
                        .configs(Map.of("max.message.bytes", Integer.toString(largestRecord)))))
            .all());
  }

  void allowLargeRecords(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    get(
        admin
            .incrementalAlterConfigs(
                Map.of(
                    resource,
                    List.of(
                        new AlterConfigOp(
                            new ConfigEntry("max.message.bytes", ""),
                            AlterConfigOp.OpType.DELETE))))
            .all());
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    admin.close(Duration.ofSeconds(1));
  }
}
