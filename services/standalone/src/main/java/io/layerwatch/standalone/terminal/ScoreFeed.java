package io.layerwatch.standalone.terminal;

import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads scores, drift and recommendations off their topics, as any consumer would. */
public final class ScoreFeed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ScoreFeed.class);

  private final Topics topics;
  private final Listener listener;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Thread thread = new Thread(this::run, "layerwatch-feed");

  /** Takes what is read; called on the feed's own thread. */
  public interface Listener {
    void on(ModelScores scores);

    void on(PruningRecommendation recommendation);

    /** Ignored by those to whom it does not matter. */
    default void on(LayerDrift drift) {}
  }

  /** Starts reading from the beginning of the topics; only committed records. */
  public ScoreFeed(Topics topics, Map<String, Object> kafka, Listener listener) {
    this.topics = topics;
    this.listener = listener;
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      consumer.assign(
          Stream.of(topics.layerScores(), topics.layerDrift(), topics.pruningRecommendations())
              .map(Topic::name)
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(ScoreFeed::partition)
              .toList());
      while (true) {
        consumer.poll(Duration.ofMillis(200)).forEach(this::hand);
      }
    } catch (WakeupException | InterruptException e) {
      LOG.debug("the feed ends");
    } finally {
      consumer.close(
          org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofMillis(500)));
    }
  }

  private void hand(ConsumerRecord<String, byte[]> record) {
    try {
      if (record.topic().equals(topics.layerScores().name())) {
        listener.on(read(topics.layerScores(), record));
      } else if (record.topic().equals(topics.layerDrift().name())) {
        listener.on(read(topics.layerDrift(), record));
      } else {
        listener.on(read(topics.pruningRecommendations(), record));
      }
    } catch (InvalidRecordException e) {
      LOG.warn("{}-{}@{}: {}", record.topic(), record.partition(), record.offset(), e.getMessage());
    }
  }

  private static <T> T read(Topic<T> topic, ConsumerRecord<String, byte[]> record) {
    return topic.serde().deserializer().deserialize(record.topic(), record.value());
  }

  private static TopicPartition partition(PartitionInfo info) {
    return new TopicPartition(info.topic(), info.partition());
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
