package io.layerwatch.recommender;

import io.layerwatch.analysis.pruning.PruningPolicy;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.streams.LetterLimit;
import io.layerwatch.runtime.streams.StreamsService;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;

/** The recommender, running. */
public final class Recommender implements AutoCloseable {

  private final StreamsService streams;

  /** Starts it; ready when the health check says so. */
  public Recommender(
      RecommenderSettings own,
      Settings settings,
      Map<String, Object> streamsDefaults,
      Topics topics,
      PrometheusRegistry metrics,
      Health health) {
    streams =
        StreamsService.start(
            own.applicationId(),
            RecommendationTopology.build(
                new PruningPolicy(own.criteria()),
                topics,
                new RecommenderMetrics(metrics),
                new DeadLetters("recommender", metrics, LetterLimit.ask(topics, settings))),
            settings,
            streamsDefaults,
            health);
  }

  @Override
  public void close() {
    streams.close();
  }
}
