package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.instrumentation.verify.VerifierSettings;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.testing.TestAuthority;
import io.layerwatch.runtime.testing.TestAuthority.Issued;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/metrics.md has every family that the services register, as they register it. */
class MetricsCatalogueTest {

  private static final Path DOCUMENT = Repository.root().resolve("docs/metrics.md");
  private static final String COMMAND =
      "./mvnw verify -pl services/integration-tests -am -Dtest=MetricsCatalogueTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dlayerwatch.metrics.write=true";

  /** Of a ledger, by its README. */
  private static final int ENTRIES = 6;

  /** Families that are made of Kafka's own, by the runtime's README. */
  private static final int OF_KAFKA = 14;

  @TempDir private Path directory;

  @Test
  void theDocumentHasTheMetricsOfAllServices() throws Exception {
    String table = catalogue().markdown(AlertRules.read());
    String document = Files.readString(DOCUMENT);
    String current = MetricsCatalogue.replaced(document, table);
    if (Boolean.getBoolean("layerwatch.metrics.write")) {
      Files.writeString(DOCUMENT, current);
      return;
    }
    assertThat(document).as("docs/metrics.md; to write it anew: " + COMMAND).isEqualTo(current);
    assertThat(document).contains(COMMAND);
  }

  /** What each service registers, and the entries of a ledger, which a heartbeat brings. */
  private MetricsCatalogue catalogue() throws IOException {
    RecordingRegistry metrics = new RecordingRegistry();
    JvmMetrics.builder().register(metrics);
    try (Deployment deployment =
            new Deployment(
                directory,
                Repository.demoModel(),
                Map.of(
                    VerifierSettings.DATA,
                    Repository.demoModel().resolveSibling("evaluation.jsonl").toString()));
        AdminServer admin = AdminServer.of(guarded(), metrics, new Health())) {
      assertThat(admin.scheme()).isEqualTo("https");
      deployment.instrument(Clock.systemUTC(), metrics);
      deployment.score(metrics);
      deployment.recommend("recommender", metrics, new Health());
      await()
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () -> {
                assertThat(metrics.look())
                    .filteredOn(family -> family.labels().get("service").size() >= 2)
                    .hasSize(OF_KAFKA);
                assertThat(seriesOf(metrics, "layerwatch_scorer_ledger_layer_tokens"))
                    .isGreaterThanOrEqualTo(ENTRIES);
              });
      return metrics.catalogue();
    }
  }

  /** With all that the admin port has metrics of. */
  private Settings guarded() throws IOException {
    Issued issued = new TestAuthority(directory).issue();
    return Settings.load(
        CommonSettings.define(),
        SettingsSources.of(
            Map.of(
                CommonSettings.ADMIN_HOST,
                "127.0.0.1",
                CommonSettings.ADMIN_PORT,
                "0",
                CommonSettings.TLS_CERTIFICATE,
                issued.certificate().toString(),
                CommonSettings.TLS_KEY,
                issued.key().toString(),
                CommonSettings.ADMIN_TOKEN_FILE,
                Files.writeString(directory.resolve("token"), "a-token").toString())));
  }

  private static int seriesOf(PrometheusRegistry metrics, String name) {
    return metrics.scrape(name::equals).stream()
        .mapToInt(family -> family.getDataPoints().size())
        .sum();
  }
}
