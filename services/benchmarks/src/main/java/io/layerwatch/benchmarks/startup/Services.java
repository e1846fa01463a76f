package io.layerwatch.benchmarks.startup;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.benchmarks.capacity.Fleet;
import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.ScorerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The three services beside one broker, on whose topics minutes of a fleet lie. */
final class Services {

  private static final Duration WINDOW = Duration.ofSeconds(5);
  private static final Duration FLUSH = Duration.ofSeconds(1);
  private static final Duration BACKLOG = Duration.ofMinutes(1);

  private final Laboratory laboratory;
  private final Path home;
  private final Path directory;

  Services(Laboratory laboratory, Path home, Path directory) {
    this.laboratory = laboratory;
    this.home = home;
    this.directory = directory;
  }

  /** Publishes what the scorer works on; the recommender works on what the scorer makes of it. */
  void publishBacklog() {
    Fleet fleet = new Fleet("organisation", 1, 3, 12, 4);
    Instant end = TimeWindow.of(Instant.now(), WINDOW).start();
    Instant start = end.minus(BACKLOG);
    for (long number = 0; number < BACKLOG.toSeconds(); number++) {
      Instant from = start.plusSeconds(number);
      laboratory.publish(fleet, new TimeWindow(from, from.plus(FLUSH)), number);
    }
  }

  /** In the order in which each has something to work on. */
  List<Subject> subjects() {
    Topics topics = laboratory.topics();
    return List.of(
        new ServiceSubject(
            "score",
            laboratory,
            settings(Map.of(ScorerSettings.WINDOW_SIZE, "5s", ScorerSettings.WINDOW_GRACE, "1s")),
            topics.layerScores().name(),
            List.of(ScorerSettings.APPLICATION_ID)),
        new ServiceSubject(
            "recommend",
            laboratory,
            settings(Map.of()),
            topics.pruningRecommendations().name(),
            List.of(RecommenderSettings.APPLICATION_ID)),
        new ServiceSubject(
            "instrument",
            laboratory,
            settings(
                Map.of(
                    InstrumentationSettings.MODEL_DIRECTORY,
                    home.resolve("services/standalone/demo/shakespeare-12l").toString(),
                    InstrumentationSettings.PORT,
                    "0")),
            topics.activationSummaries().name(),
            List.of()));
  }

  private Map<String, String> settings(Map<String, String> own) {
    Map<String, String> settings = new HashMap<>(own);
    settings.put(CommonSettings.BOOTSTRAP_SERVERS, laboratory.bootstrapServers());
    settings.put(CommonSettings.SCHEMA_REGISTRY_URL, laboratory.topics().registryUrl());
    settings.put(CommonSettings.TOPICS_PARTITIONS, "1");
    settings.put(CommonSettings.TOPICS_REPLICATION, "1");
    settings.put("kafka.state.dir", directory.resolve("streams").toString());
    return settings;
  }
}
