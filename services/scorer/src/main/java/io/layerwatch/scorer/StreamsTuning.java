package io.layerwatch.scorer;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** What Kafka Streams and its clients are told where a user says nothing. */
public final class StreamsTuning {

  /**
   * Windows are committed as they close: so this is how much a crash has to do again, and how often
   * the state that changed is written. Half the time after which the broker gives up a transaction.
   */
  public static final Duration COMMIT_INTERVAL = Duration.ofSeconds(5);

  /** An entry of the state has kilobytes, of which Kafka's own 16 KiB hold two. */
  private static final int BATCH_BYTES = 256 << 10;

  /**
   * A consumer asks for a partition's next bytes when those before are worked off, and the task
   * waits for them: a megabyte, Kafka's own, is worked off in a hundredth of a second.
   */
  public static final int FETCH_BYTES = 8 << 20;

  private StreamsTuning() {}

  /** Settings of Kafka Streams by their names. */
  public static Map<String, Object> settings() {
    return Map.of(
        StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
        COMMIT_INTERVAL.toMillis(),
        // Between polls it sees that nothing comes, and commits.
        StreamsConfig.POLL_MS_CONFIG,
        PromptCommits.LULL.toMillis(),
        StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG),
        BATCH_BYTES,
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG),
        FETCH_BYTES,
        // A task has one partition, so that it waits for no other; to find that out anew takes a
        // tenth of a record's time.
        StreamsConfig.MAX_TASK_IDLE_MS_CONFIG,
        StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
  }
}
