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
import org.apache.kafka.streams.StreamsConfig;

/** The scorer, running. */
public final class Scorer implements AutoCloseable {

  /**
   * Windows are committed as they close, so this is how much a crash has to do again, and how often
   * the state that changed is written: at most once a flush of each instance.
   */
  private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);

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
