package io.layerwatch.integration.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.ProbeSettings;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.instrumentation.traffic.TrafficGenerator;
import io.layerwatch.instrumentation.verify.VerifierSettings;
import io.layerwatch.integration.Pages;
import io.layerwatch.integration.Repository;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.scorer.DriftSettings;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.standalone.Standalone;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The dashboards as Grafana imports them: every query has data on a real Prometheus that scrapes
 * the services while advice is verified, and then a layer drifts.
 */
class DashboardsTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Path DEMO = Repository.demoPrompts().getParent();

  /** At the site that a dashboard opens on. */
  private static final String DRIFT = "layerwatch_layer_drift{site='relative-contribution'}";

  @Test
  void everyVariableAndEveryQueryHasData() throws Exception {
    Instant start = Instant.now();
    try (Standalone standalone = new Standalone(SettingsSources.of(settings()));
        PrometheusServer prometheus =
            new PrometheusServer(
                Map.of("layerwatch", standalone.adminAddress().getPort()), List.of())) {
      TrafficGenerator users =
          standalone.add("users", traffic(standalone, 8, 2, Duration.ofMillis(20)));
      TrafficGenerator mirrored =
          standalone.add("mirrored", traffic(standalone, 0, 4, Duration.ofMillis(300)));

      refuse(standalone.api().resolve("/v1/nothing"));
      awaitSeries(prometheus, "layerwatch_recommendation_state{state='verified'} == 1");
      awaitSeries(prometheus, "count(layerwatch_drift_learning_scores == 0) == 3");
      Instant verified = Instant.now();
      List<PromptLine> others = PromptLine.read(DEMO.resolve("shifted.jsonl"));
      users.switchTo(others);
      mirrored.switchTo(others);
      // For longer than the steps in which a course is asked for.
      awaitSeries(prometheus, DRIFT + " != 0 and " + DRIFT + " offset 3s != 0");

      GrafanaReader reader = new GrafanaReader(prometheus, start, List.of(verified, Instant.now()));
      List<GrafanaDashboard> dashboards = GrafanaDashboard.all();
      assertThat(dashboards).hasSize(4);
      List<String> unanswered = new ArrayList<>();
      for (GrafanaDashboard dashboard : dashboards) {
        unanswered.addAll(reader.unanswered(dashboard));
      }
      assertThat(unanswered).isEmpty();
    }
  }

  private static TrafficGenerator traffic(
      Standalone standalone, int tokens, int clients, Duration pause) throws IOException {
    return new TrafficGenerator(
        standalone.api(),
        standalone.instrumentation().security(),
        PromptLine.read(Repository.demoPrompts()),
        new TrafficGenerator.Plan(tokens, 0.8, clients, pause));
  }

  /** A request that fails. */
  private static void refuse(URI address) {
    assertThat(Pages.get(address)).contains("error");
  }

  private static void awaitSeries(PrometheusServer prometheus, String expression) {
    await(expression).atMost(PATIENCE).until(() -> !prometheus.query(expression).isEmpty());
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put(CommonSettings.ADMIN_HOST, "0.0.0.0");
    settings.put(CommonSettings.ADMIN_PORT, "0");
    settings.put(CommonSettings.TOPICS_REPLICATION, "1");
    settings.put(InstrumentationSettings.MODEL_DIRECTORY, Repository.demoModel().toString());
    settings.put(InstrumentationSettings.PORT, "0");
    settings.put(InstrumentationSettings.BACKLOG_WINDOW, "3s");
    settings.put(VerifierSettings.DATA, DEMO.resolve("evaluation.jsonl").toString());
    settings.put(VerifierSettings.SHARE, "1");
    settings.put(ProbeSettings.BUDGET, "1");
    settings.put(ScorerSettings.WINDOW_SIZE, "3s");
    settings.put(ScorerSettings.WINDOW_GRACE, "1s");
    settings.put(DriftSettings.BASELINE_WINDOWS, "10");
    settings.put(DriftSettings.MINIMUM_TOKENS, "50");
    settings.put(RecommenderSettings.WINDOWS, "4");
    settings.put(RecommenderSettings.MINIMUM_TOKENS, "50");
    // A busy machine fills its windows unevenly.
    settings.put(RecommenderSettings.MAXIMUM_SPREAD, "5");
    settings.put(RecommenderSettings.MINIMUM_JACCARD, "0.5");
    return settings;
  }
}
