package io.layerwatch.integration.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.integration.Deployment;
import io.layerwatch.integration.KafkaOnlooker;
import io.layerwatch.integration.Repository;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.scorer.DriftSettings;
import io.layerwatch.scorer.ScorerSettings;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From a record on the topic to a message to people: scorer, Prometheus, Alertmanager and webhook,
 * with the alerts as they are shipped.
 */
class AlertDeliveryTest {

  /** Rules that wait a minute, and the way of all others. */
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  private static final Map<String, String> SETTINGS =
      Map.of(
          CommonSettings.ADMIN_HOST, "0.0.0.0",
          CommonSettings.ADMIN_PORT, "0",
          ScorerSettings.WINDOW_SIZE, ScriptedTraffic.WINDOW.toString(),
          ScorerSettings.WINDOW_GRACE, "0s",
          DriftSettings.BASELINE_WINDOWS, "12");

  @TempDir private Path directory;

  private final PrometheusRegistry metrics = new PrometheusRegistry();

  @Test
  void alertsReachPeopleAndAreTakenBack() throws Exception {
    try (Deployment deployment = new Deployment(directory, Repository.demoModel(), SETTINGS);
        KafkaOnlooker kafka = new KafkaOnlooker(deployment.settings());
        AdminServer admin = AdminServer.of(deployment.settings(), metrics, deployment.health);
        Webhook people = new Webhook();
        AlertmanagerServer alertmanager = new AlertmanagerServer(people);
        PrometheusServer prometheus =
            new PrometheusServer(Map.of("scorer", admin.port()), List.of(alertmanager.port()))) {
      deployment.score(metrics);
      ScriptedTraffic traffic = new ScriptedTraffic(deployment.topics(), kafka);
      traffic.usual(15);
      await()
          .atMost(PATIENCE)
          .until(() -> prometheus.query("layerwatch_layer_drift{score='avss'} == 0").size() == 4);

      traffic.shifted(10, 2, 1.5);
      traffic.broken(1, 1);
      traffic.shifted(1, 2, 1.5);
      kafka.sendBytes(
          deployment.topics().activationSummaries().name(),
          ScriptedTraffic.MODEL.key(),
          Instant.now(),
          "no summary".getBytes(StandardCharsets.UTF_8));

      JsonNode broken = awaitAlert(people, "LayerNonFiniteActivations", Map.of("layer", "1"));
      assertThat(broken.path("labels").path("severity").asText()).isEqualTo("critical");
      awaitAlert(people, "RecordsRejected", Map.of("reason", "undecodable"));
      JsonNode drift = awaitAlert(people, "LayerScoreDrift", Map.of("score", "avss"));
      assertThat(drift.path("labels").path("layer").asText()).isEqualTo("2");
      assertThat(drift.path("annotations").path("summary").asText())
          .isEqualTo("scripted: avss of layer 2 has left its baseline");
      assertThat(drift.path("annotations").path("description").asText())
          .contains("scripted@r1")
          .contains("relative-contribution above");
      assertThat(drift.path("annotations").path("runbook_url").asText())
          .endsWith("/LayerScoreDrift.md");

      traffic.usual(30);
      awaitResolved(people, "LayerScoreDrift", Map.of("layer", "2"));
      awaitResolved(people, "LayerNonFiniteActivations", Map.of("layer", "1"));
      assertThat(people.alerts())
          .extracting(alert -> alert.path("labels").path("alertname").asText())
          .containsOnly("LayerNonFiniteActivations", "RecordsRejected", "LayerScoreDrift");
    }
  }

  private static JsonNode awaitAlert(Webhook people, String alert, Map<String, String> labels) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(people.last(alert, labels)).as(alert).isPresent());
    return people.last(alert, labels).orElseThrow();
  }

  private static void awaitResolved(Webhook people, String alert, Map<String, String> labels) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(people.last(alert, labels).orElseThrow().path("status").asText())
                    .as(alert)
                    .isEqualTo("resolved"));
  }
}
