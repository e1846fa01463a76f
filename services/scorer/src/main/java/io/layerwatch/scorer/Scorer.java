package io.layerwatch.scorer;

import io.layerwatch.runtime.metrics.KafkaMetrics;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.streams.LetterLimit;
import io.layerwatch.runtime.streams.StreamsService;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The scorer, running. */
public final class Scorer implements AutoCloseable {

  /**
   * Windows are committed as they close, and everything when nothing comes: so this is how much a
   * crash has to do again, and how often the state that changed is written, where summaries never
   * cease. Half the time after which the broker gives up a transaction.
   */
  private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(5);

  /** An entry of the state has kilobytes, of which Kafka's own 16 KiB hold two. */
  private static final int BATCH_BYTES = 256 << 10;

  private final StreamsService streams;
  private final KafkaMetrics kafkaMetrics;

  /** Starts it; ready when the health check says so. */
  public Scorer(
      ScorerSettings own,
      Settings settings,
      Map<String, Object> streamsDefaults,
      Topics topics,
      PrometheusRegistry metrics,
      Health health) {
    Map<String, Object> defaults = new HashMap<>(streamsDefaults);
    defaults.putIfAbsent(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
    // Between polls it sees that nothing comes, and commits.
    defaults.putIfAbsent(StreamsConfig.POLL_MS_CONFIG, PromptCommits.LULL.toMillis());
    defaults.putIfAbsent(
        StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
    // A task has one partition, so that it waits for no other; to find that out anew takes a tenth
    // of a record's time.
    defaults.putIfAbsent(
        StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    streams =
        StreamsService.start(
            own.applicationId(),
            ScoringTopology.build(
                own,
                topics,
                new ScorerMetrics(metrics),
                new DeadLetters("scorer", metrics, LetterLimit.ask(topics, settings))),
            settings,
            defaults,
            health);
    kafkaMetrics = KafkaMetrics.export(metrics, "scorer", streams::metrics);
  }

  @Override
  public void close() {
    kafkaMetrics.close();
    streams.close();
  }
}
