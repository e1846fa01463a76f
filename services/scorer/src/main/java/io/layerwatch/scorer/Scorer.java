package io.layerwatch.scorer;

import io.layerwatch.runtime.metrics.KafkaMetrics;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.streams.LetterLimit;
import io.layerwatch.runtime.streams.Restoring;
import io.layerwatch.runtime.streams.StreamsService;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashMap;
import java.util.Map;

/** The scorer, running. */
public final class Scorer implements AutoCloseable {

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
    StreamsTuning.settings().forEach(defaults::putIfAbsent);
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
            new Restoring("scorer", metrics),
            health);
    kafkaMetrics = KafkaMetrics.export(metrics, "scorer", streams::metrics);
  }

  @Override
  public void close() {
    kafkaMetrics.close();
    streams.close();
  }
}
