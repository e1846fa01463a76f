package io.layerwatch.scorer.replay;

import io.layerwatch.runtime.process.Progress;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.ConnectionFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what a topic holds now, from a point in time on, as an onlooker: in no consumer group, and
 * without committing anything. Only committed records.
 *
 * <p>It starts at the first record that is not older, in each partition, so all that is not older
 * comes, in whatever order it lies; and older ones that lie among it. It ends at what was the end
 * when it was opened.
 */
final class TopicReader implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 30_000;

  private final String brokers;
  private final Duration patience;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> starts;
  private final Map<TopicPartition, Long> ends;
  private final Set<Integer> lateStarts;

  private TopicReader(
      String brokers,
      Duration patience,
      KafkaConsumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> starts,
      Map<TopicPartition, Long> ends) {
    this.brokers = brokers;
    this.patience = patience;
    this.consumer = consumer;
    this.starts = starts;
    this.ends = ends;
    this.lateStarts =
        starts.entrySet().stream()
            .filter(start -> start.getValue() > 0)
            .map(start -> start.getKey().partition())
            .collect(Collectors.toSet());
  }

  /** Looks up where to start and end; a topic that does not exist has no partitions. */
  static TopicReader open(Settings settings, String topic, Instant from) {
    Map<String, Object> config = new HashMap<>(settings.kafka());
    config.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    config.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
    config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    String brokers = String.valueOf(config.get("bootstrap.servers"));
    Duration patience =
        Duration.ofMillis(
            Long.parseLong(config.get(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG).toString()));
    KafkaConsumer<byte[], byte[]> consumer =
        asking(
            brokers,
            () ->
                new KafkaConsumer<>(
                    config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    try {
      return asking(brokers, () -> open(brokers, patience, consumer, topic, from));
    } catch (RuntimeException e) {
      close(consumer);
      throw e;
    }
  }

  private static TopicReader open(
      String brokers,
      Duration patience,
      KafkaConsumer<byte[], byte[]> consumer,
      String topic,
      Instant from) {
    Set<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .collect(Collectors.toSet());
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, Long> starts = new HashMap<>(ends);
    long time = Math.max(0, from.toEpochMilli());
    consumer
        .offsetsForTimes(
            partitions.stream().collect(Collectors.toMap(Function.identity(), p -> time)))
        .forEach(
            (partition, found) -> {
              if (found != null) {
                starts.put(partition, found.offset());
              }
            });
    return new TopicReader(brokers, patience, consumer, starts, ends);
  }

  boolean topicExists() {
    return !ends.isEmpty();
  }

  /** Whether the partition has, or had, records before those that are read. */
  boolean startsLate(int partition) {
    return lateStarts.contains(partition);
  }

  /** Hands on every record, each partition's in order. */
  void read(Progress progress, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
    asking(
        brokers,
        () -> {
          readAll(progress, visitor);
          return this;
        });
  }

  /** How many offsets there are to read. */
  long size() {
    return ends.keySet().stream().mapToLong(this::size).sum();
  }

  private long size(TopicPartition partition) {
    return Math.max(0, ends.get(partition) - starts.get(partition));
  }

  private void readAll(Progress progress, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
    Set<TopicPartition> unread = new HashSet<>(ends.keySet());
    unread.removeIf(partition -> size(partition) == 0);
    consumer.assign(unread);
    unread.forEach(partition -> consumer.seek(partition, starts.get(partition)));
    long left = size();
    long movedAt = System.nanoTime();
    while (!unread.isEmpty()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
        if (record.offset() < ends.get(partition(record))) {
          visitor.accept(record);
        }
      }
      List<TopicPartition> done = unread.stream().filter(each -> left(each) == 0).toList();
      // What is published meanwhile is not fetched in vain.
      consumer.pause(done);
      unread.removeAll(done);
      // Positions also pass what is not handed out: markers, aborted records.
      long leftNow = unread.stream().mapToLong(this::left).sum();
      progress.advance(left - leftNow);
      if (leftNow < left) {
        movedAt = System.nanoTime();
      } else if (System.nanoTime() - movedAt > patience.toNanos()) {
        throw new ReplayException(
            "Kafka at " + brokers + " stopped answering, " + leftNow + " records before the end");
      }
      left = leftNow;
    }
  }

  private long left(TopicPartition partition) {
    return Math.max(0, ends.get(partition) - consumer.position(partition));
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private interface Question<T> {
    T ask();
  }

  private static <T> T asking(String brokers, Question<T> question) {
    try {
      return question.ask();
    } catch (OffsetOutOfRangeException e) {
      throw new ReplayException("records expired while they were read; begin later", e);
    } catch (org.apache.kafka.common.errors.TimeoutException e) {
      throw new ReplayException(
          "Kafka at " + brokers + " does not answer: " + e.getMessage() + "; is it running?", e);
    } catch (org.apache.kafka.common.errors.SerializationException e) {
      throw new ReplayException(e.getMessage() + ": " + ConnectionFailure.rootMessage(e), e);
    } catch (KafkaException e) {
      throw new ReplayException(
          ConnectionFailure.ofKafka(brokers, e)
              .orElseGet(
                  () ->
                      "Kafka at "
                          + brokers
                          + " cannot be read: "
                          + ConnectionFailure.rootMessage(e)),
          e);
    }
  }

  private static void close(KafkaConsumer<?, ?> consumer) {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
  }

  @Override
  public void close() {
    close(consumer);
  }
}
