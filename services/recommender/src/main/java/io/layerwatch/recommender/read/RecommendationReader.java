package io.layerwatch.recommender.read;

import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.runtime.streams.RecordDecoder;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compacted topic of recommendations from its beginning on, as any onlooker reads it: all
 * partitions, committed records only, in no consumer group. For one thread.
 */
final class RecommendationReader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RecommendationReader.class);
  private static final Duration STEP = Duration.ofMillis(200);

  private final KafkaFailures failures;
  private final Duration patience;
  private final RecordDecoder<PruningRecommendation> decoder;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final SortedMap<String, PruningRecommendation> current = new TreeMap<>();
  private Map<TopicPartition, Long> ends = Map.of();

  private RecommendationReader(
      KafkaFailures failures,
      Duration patience,
      RecordDecoder<PruningRecommendation> decoder,
      KafkaConsumer<byte[], byte[]> consumer) {
    this.failures = failures;
    this.patience = patience;
    this.decoder = decoder;
    this.consumer = consumer;
  }

  /**
   * Opens the topic; nothing is read yet.
   *
   * @param kafka settings of Kafka's clients
   * @param usualPatience how long Kafka may take for an answer, unless those settings say
   */
  static RecommendationReader open(
      Topics topics, Map<String, Object> kafka, Duration usualPatience) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.putIfAbsent(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) usualPatience.toMillis());
    config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    KafkaFailures failures = new KafkaFailures(topics, kafka);
    Object patience = config.get(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG);
    RecommendationReader reader =
        new RecommendationReader(
            failures,
            Duration.ofMillis(Long.parseLong(patience.toString())),
            new RecordDecoder<>(
                topics.pruningRecommendations(), Integer.MAX_VALUE, value -> value.model().key()),
            failures.explain(
                () ->
                    new KafkaConsumer<>(
                        config, new ByteArrayDeserializer(), new ByteArrayDeserializer())));
    try {
      failures.explain(reader::assign);
      return reader;
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /** Where it reads, for people. */
  String addresses() {
    return failures.addresses();
  }

  private RecommendationReader assign() {
    String topic = decoder.topic();
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new ReadingException(
          "topic " + topic + " does not exist; has a recommender run, with this topics.prefix?");
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    ends = consumer.endOffsets(partitions);
    return this;
  }

  /** Reads what was there when the topic was opened. */
  void readToEnd() {
    long left = left();
    long movedAt = System.nanoTime();
    while (left > 0) {
      poll(recommendation -> {});
      long leftNow = left();
      if (leftNow < left) {
        movedAt = System.nanoTime();
      } else if (System.nanoTime() - movedAt > patience.toNanos()) {
        throw failures.silence();
      }
      left = leftNow;
    }
  }

  private long left() {
    return failures.explain(
        () ->
            ends.entrySet().stream()
                // Positions also pass what is not handed out: markers, aborted records.
                .mapToLong(end -> Math.max(0, end.getValue() - consumer.position(end.getKey())))
                .sum());
  }

  /**
   * Waits a moment for more.
   *
   * @param visitor is shown each record, in the order of its model's
   * @return whether anything came
   */
  boolean poll(Consumer<PruningRecommendation> visitor) {
    return failures.explain(
        () -> {
          var records = consumer.poll(STEP);
          records.forEach(record -> take(record, visitor));
          return !records.isEmpty();
        });
  }

  private void take(
      ConsumerRecord<byte[], byte[]> record, Consumer<PruningRecommendation> visitor) {
    String model = new String(record.key(), StandardCharsets.UTF_8);
    // Whatever stood there is no longer the current one, even where this one is no good.
    current.remove(model);
    if (record.value() == null) {
      return;
    }
    try {
      PruningRecommendation recommendation =
          decoder.decode(record.key(), record.value(), record.headers()).value();
      current.put(model, recommendation);
      visitor.accept(recommendation);
    } catch (InvalidRecordException e) {
      LOG.warn("{}-{}@{}: {}", record.topic(), record.partition(), record.offset(), e.getMessage());
    }
  }

  /** The current record of each model, by key. */
  SortedMap<String, PruningRecommendation> current() {
    return Collections.unmodifiableSortedMap(current);
  }

  /**
   * The client logs an interrupt as an error, also one that was meant to end the reading; and in no
   * group there is nothing to wait for that an interrupt could meet.
   */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
