package io.layerwatch.integration.helm;

import static io.layerwatch.integration.helm.Rendered.each;
import static io.layerwatch.integration.helm.Rendered.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.integration.Promtool;
import io.layerwatch.integration.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus and Grafana get from the chart what they get from the files beside it. */
class ChartMonitoringTest {

  private static final Path RULES =
      Repository.root().resolve("deploy/prometheus/layerwatch.rules.yml");

  @TempDir private Path directory;

  /** Templates of Prometheus' own among them, which Helm must not fill in. */
  @Test
  void theAlertsAreThoseOfTheFileButForWhereTheirPagesAre() {
    String pages = "https://wiki.acme.org/layerwatch/";
    String rules = Yaml.text(RULES).replace("https://layerwatch.example/deploy/runbooks/", pages);
    JsonNode rendered = Chart.rendered("everything").only("PrometheusRule").path("spec");
    assertThat(rendered).isEqualTo(Yaml.one(rules));
    assertThat(rendered.toString())
        .contains("{{ $labels.model }}", pages + "LayerScoreDrift.md")
        .doesNotContain("layerwatch.example");
  }

  @Test
  void prometheusTakesTheAlerts() throws Exception {
    JsonNode rules = Chart.rendered("everything").only("PrometheusRule").path("spec");
    Files.writeString(directory.resolve("rules.yml"), rules.toString());
    Promtool.accepts(directory, "check", "rules", "rules.yml");
  }

  @Test
  void theServiceMonitorFindsTheAdminPortOfEveryService() {
    Rendered rendered = Chart.rendered("everything");
    JsonNode monitor = rendered.only("ServiceMonitor").path("spec");
    Map<String, String> selector = texts(monitor.at("/selector/matchLabels"));
    String port = monitor.at("/endpoints/0/port").asText();
    assertThat(selector).isNotEmpty();
    assertThat(
            rendered
                .ofKind("Service")
                .filter(
                    service ->
                        texts(service.at("/metadata/labels"))
                            .entrySet()
                            .containsAll(selector.entrySet()))
                .filter(
                    service ->
                        each(service.at("/spec/ports"))
                            .anyMatch(each -> each.path("name").asText().equals(port)))
                .map(Rendered::service))
        .containsExactlyInAnyOrder("instrumentation", "scorer", "recommender");
    assertThat(monitor.at("/endpoints/0").has("authorization")).isFalse();
    assertThat(monitor.at("/endpoints/0/relabelings"))
        .isEqualTo(
            Yaml.one("[{sourceLabels: [__meta_kubernetes_pod_name], targetLabel: instance}]"));
  }

  @Test
  void aGuardedAdminPortIsScrapedOverTlsWithItsTokenAndProbedOverTls() {
    Rendered rendered = Chart.rendered("secured");
    JsonNode endpoint = rendered.only("ServiceMonitor").at("/spec/endpoints/0");
    assertThat(endpoint.path("scheme").asText()).isEqualTo("https");
    assertThat(endpoint.at("/tlsConfig/ca/secret/name").asText()).isEqualTo("layerwatch-tls");
    assertThat(endpoint.at("/authorization/type").asText()).isEqualTo("Bearer");
    assertThat(texts(endpoint.at("/authorization/credentials")))
        .isEqualTo(Map.of("name", "layerwatch-tokens", "key", "admin"));
    assertThat(
            rendered
                .podTemplates()
                .flatMap(pods -> pods.findValues("httpGet").stream())
                .map(probe -> probe.path("scheme").asText()))
        .hasSize(9)
        .containsOnly("HTTPS");
  }

  @Test
  void everyDashboardIsAConfigMapAsItIs() throws IOException {
    Map<String, String> rendered = new TreeMap<>();
    Chart.rendered("everything")
        .ofKind("ConfigMap")
        .filter(each -> each.at("/metadata/labels").has("grafana_dashboard"))
        .forEach(each -> rendered.putAll(texts(each.path("data"))));
    assertThat(rendered.keySet()).isEqualTo(dashboards().keySet());
    dashboards()
        .forEach((name, text) -> assertThat(rendered.get(name).strip()).isEqualTo(text.strip()));
  }

  private static Map<String, String> dashboards() throws IOException {
    Path folder = Repository.root().resolve("dashboards");
    Map<String, String> dashboards = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .filter(file -> file.toString().endsWith(".json"))
            .forEach(file -> dashboards.put(file.getFileName().toString(), Yaml.text(file)));
      }
    }
    return dashboards;
  }
}
