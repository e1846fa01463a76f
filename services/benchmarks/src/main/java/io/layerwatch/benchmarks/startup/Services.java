package io.layerwatch.benchmarks.startup;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.benchmarks.capacity.Fleet;
import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.ScorerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The three services beside one broker, on whose topics minutes of a fleet lie. */
final class Services {

  private static final Duration WINDOW = Duration.ofSeconds(5);
  private static final Duration FLUSH = Duration.ofSeconds(1);
  private static final Duration BACKLOG = Duration.ofMinutes(1);

  private final Laboratory laboratory;
  private final Path home;

  Services(Laboratory laboratory, Path home) {
    this.laboratory = laboratory;
    this.home = home;
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
        subject(
            "score",
            Map.of(ScorerSettings.WINDOW_SIZE, "5s", ScorerSettings.WINDOW_GRACE, "1s"),
            topics.layerScores(),
            List.of(ScorerSettings.APPLICATION_ID)),
        subject(
            "recommend",
            Map.of(),
            topics.pruningRecommendations(),
            List.of(RecommenderSettings.APPLICATION_ID)),
        subject(
            "instrument",
            Map.of(
                InstrumentationSettings.MODEL_DIRECTORY,
                home.resolve("services/standalone/demo/shakespeare-12l").toString(),
                InstrumentationSettings.PORT,
                "0"),
            topics.activationSummaries(),
            List.of()));
  }

  private Subject subject(
      String command, Map<String, String> settings, Topic<?> output, List<String> fresh) {
    return new ServiceSubject(
        laboratory.service(command, settings), laboratory.bootstrapServers(), output.name(), fresh);
  }
}
