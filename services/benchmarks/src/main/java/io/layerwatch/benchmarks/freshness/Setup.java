package io.layerwatch.benchmarks.freshness;

import io.layerwatch.benchmarks.launch.Launcher;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.scorer.ScorerSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the services are run.
 *
 * @param launcher starts them
 * @param java options for Java, of each
 * @param window length of a window
 * @param grace of the scorer
 * @param own more settings of the scorer
 */
record Setup(
    Launcher launcher,
    List<String> java,
    Duration window,
    Duration grace,
    Map<String, String> own) {

  private static final Duration GONE = Duration.ofSeconds(5);

  Map<String, String> scorer() {
    Map<String, String> settings = new HashMap<>();
    settings.put(ScorerSettings.WINDOW_SIZE, window.toMillis() + "ms");
    settings.put(ScorerSettings.WINDOW_GRACE, grace.toMillis() + "ms");
    // A fleet that has left is done with before the windows of the next one count.
    settings.put(ScorerSettings.INSTANCE_TIMEOUT, GONE.toMillis() + "ms");
    settings.put(ScorerSettings.MODEL_TIMEOUT, GONE.toMillis() + "ms");
    settings.put(ScorerSettings.FUTURE_TOLERANCE, grace.toMillis() + "ms");
    settings.put(ScorerSettings.LARGEST_LAG, grace.multipliedBy(2).toMillis() + "ms");
    Duration closed = window.plus(grace).plus(GONE).plusSeconds(1);
    settings.put(ScorerSettings.INSTANCE_RETENTION, closed.toMillis() + "ms");
    settings.putAll(own);
    return settings;
  }

  Map<String, String> recommender() {
    // The one site that the fleet has.
    return Map.of(RecommenderSettings.SITE, "block-output");
  }
}
