package io.layerwatch.recommender.live;

import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads scores, drift and recommendations off their topics, as any consumer would, in no consumer
 * group. While Kafka or the registry is away it waits, and then goes on where it was.
 */
public final class ScoreFeed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ScoreFeed.class);
  private static final Duration STEP = Duration.ofMillis(200);
  private static final long PAUSE_SECONDS = 1;
  private static final long CLOSE_MILLIS = 1_000;

  private final Topics topics;
  private final long mostScores;
  private final Listener listener;
  private final KafkaConsumer<String, byte[]> consumer;
  private final CountDownLatch closing = new CountDownLatch(1);
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
    this(topics, kafka, listener, Long.MAX_VALUE);
  }

  /**
   * Starts reading, scores from a little before their end.
   *
   * @param mostScores how far before, in offsets of each partition
   */
  public ScoreFeed(Topics topics, Map<String, Object> kafka, Listener listener, long mostScores) {
    this.topics = topics;
    this.mostScores = mostScores;
    this.listener = listener;
    Map<String, Object> config = new HashMap<>(kafka);
    config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      insist(this::assign, "the topics");
      while (true) {
        insist(() -> consumer.poll(STEP).forEach(this::hand), "the topics");
      }
    } catch (WakeupException | InterruptException | InterruptedException e) {
      LOG.debug("the feed ends");
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ofMillis(500)));
    }
  }

  /** Tries until it succeeds or the feed closes; of an outage it tells once, and of its end. */
  private void insist(Runnable step, String what) throws InterruptedException {
    boolean away = false;
    while (true) {
      try {
        step.run();
        if (away) {
          LOG.info("{} can be read for people again", what);
        }
        return;
      } catch (WakeupException | InterruptException e) {
        throw e;
      } catch (RuntimeException e) {
        if (!away && closing.getCount() > 0) {
          LOG.warn("{} cannot be read for people, trying every second: {}", what, e.toString());
        }
        away = true;
        if (closing.await(PAUSE_SECONDS, TimeUnit.SECONDS)) {
          throw new InterruptedException("closing");
        }
      }
    }
  }

  private void assign() {
    List<TopicPartition> scores = partitions(topics.layerScores());
    consumer.assign(
        Stream.of(
                scores,
                partitions(topics.layerDrift()),
                partitions(topics.pruningRecommendations()))
            .flatMap(List::stream)
            .toList());
    consumer.seekToBeginning(consumer.assignment());
    Map<TopicPartition, Long> first = consumer.beginningOffsets(scores);
    consumer
        .endOffsets(scores)
        .forEach(
            (partition, end) ->
                consumer.seek(partition, Math.max(first.get(partition), end - mostScores)));
  }

  private List<TopicPartition> partitions(Topic<?> topic) {
    return consumer.partitionsFor(topic.name()).stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  /** Kafka has moved on when this fails: the record is tried again here. */
  private void hand(ConsumerRecord<String, byte[]> record) {
    try {
      insist(() -> dispatch(record), record.topic());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private void dispatch(ConsumerRecord<String, byte[]> record) {
    try {
      if (record.value() == null) {
        return;
      }
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

  @Override
  public void close() {
    closing.countDown();
    consumer.wakeup();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
