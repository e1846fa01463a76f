package io.layerwatch.recommender;

import io.layerwatch.analysis.pruning.PruningPolicy;
import io.layerwatch.recommender.live.LivePage;
import io.layerwatch.recommender.read.CurrentRecommendations;
import io.layerwatch.recommender.read.RecommendationsEndpoint;
import io.layerwatch.runtime.metrics.KafkaMetrics;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.streams.LetterLimit;
import io.layerwatch.runtime.streams.Restoring;
import io.layerwatch.runtime.streams.StreamsService;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.Optional;

/** The recommender, running. */
public final class Recommender implements AutoCloseable {

  private final Lifecycle parts = new Lifecycle();
  private final CurrentRecommendations current;
  private final Optional<LivePage> page;

  /** Starts it; ready when the health check says so. */
  public Recommender(
      RecommenderSettings own,
      Settings settings,
      Map<String, Object> streamsDefaults,
      Topics topics,
      PrometheusRegistry metrics,
      Health health) {
    try {
      StreamsService streams =
          parts.add(
              "streams",
              StreamsService.start(
                  own.applicationId(),
                  RecommendationTopology.build(
                      new PruningPolicy(own.criteria()),
                      own.retention(),
                      topics,
                      new RecommenderMetrics(metrics),
                      new DeadLetters("recommender", metrics, LetterLimit.ask(topics, settings))),
                  settings,
                  streamsDefaults,
                  new Restoring("recommender", metrics),
                  health));
      parts.add("Kafka's metrics", KafkaMetrics.export(metrics, "recommender", streams::metrics));
      current = parts.add("reader", CurrentRecommendations.start(topics, settings.kafka(), health));
      page =
          own.page()
              ? Optional.of(
                  parts.add(
                      "page",
                      LivePage.start(topics, settings.kafka(), metrics, own.criteria().site())))
              : Optional.empty();
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  /** Serves what is recommended to every model, also by other instances, and the page. */
  public void serveOn(AdminServer admin) {
    admin.serve(RecommendationsEndpoint.PATH, new RecommendationsEndpoint(current));
    page.ifPresent(shown -> shown.serveOn(admin));
  }

  @Override
  public void close() {
    parts.close();
  }
}
