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

  Map<String, String> scorer() {
    Map<String, String> settings = new HashMap<>(own);
    settings.put(ScorerSettings.WINDOW_SIZE, window.toMillis() + "ms");
    settings.put(ScorerSettings.WINDOW_GRACE, grace.toMillis() + "ms");
    return settings;
  }

  Map<String, String> recommender() {
    // The one site that the fleet has.
    return Map.of(RecommenderSettings.SITE, "block-output");
  }
}
