package io.layerwatch.integration.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.integration.Repository;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A real Prometheus, which scrapes this machine every second and judges the shipped rules. */
final class PrometheusServer implements AutoCloseable {

  private static final DockerImageName IMAGE = DockerImageName.parse("prom/prometheus:v3.5.3");
  private static final int PORT = 9090;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final GenericContainer<?> container;

  /**
   * Starts it.
   *
   * @param targets ports of this machine, on all of its addresses, by the job that they are
   * @param alertmanagers ports of this machine that are told of alerts
   */
  PrometheusServer(Map<String, Integer> targets, List<Integer> alertmanagers) {
    container =
        new GenericContainer<>(IMAGE)
            .withCopyToContainer(
                Transferable.of(configuration(targets, alertmanagers)),
                "/etc/prometheus/prometheus.yml")
            .withCopyFileToContainer(
                MountableFile.forHostPath(
                    Repository.root().resolve("deploy/prometheus/layerwatch.rules.yml")),
                "/etc/prometheus/layerwatch.rules.yml")
            .withExposedPorts(PORT)
            .waitingFor(Wait.forHttp("/-/ready"));
    Containers.start(container);
  }

  private static String configuration(Map<String, Integer> targets, List<Integer> alertmanagers) {
    String jobs =
        targets.entrySet().stream()
            .map(
                job ->
                    """
                      - job_name: %s
                        static_configs: [{targets: ['%s']}]
                    """
                        .formatted(job.getKey(), address(job.getValue())))
            .collect(Collectors.joining());
    String told =
        alertmanagers.stream()
            .map(port -> "'" + address(port) + "'")
            .collect(Collectors.joining(", "));
    return """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: [layerwatch.rules.yml]
        alerting: {alertmanagers: [{static_configs: [{targets: [%s]}]}]}
        scrape_configs:
        %s"""
        .formatted(told, jobs);
  }

  private static String address(int port) {
    return Containers.THIS_MACHINE + ":" + port;
  }

  /** Series that an expression has now, as {@code data.result} of the API has them. */
  JsonNode query(String expression) throws IOException, InterruptedException {
    return get("/api/v1/query", Map.of("query", expression)).path("result");
  }

  /**
   * Asks the API.
   *
   * @return its {@code data}
   * @throws IOException when the answer is an error
   */
  JsonNode get(String path, Map<String, String> parameters)
      throws IOException, InterruptedException {
    String query =
        parameters.entrySet().stream()
            .map(each -> each.getKey() + "=" + encode(each.getValue()))
            .collect(Collectors.joining("&"));
    String base = "http://" + container.getHost() + ":" + container.getMappedPort(PORT);
    HttpRequest request = HttpRequest.newBuilder(URI.create(base + path + "?" + query)).build();
    JsonNode answer = JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    if (!answer.path("status").asText().equals("success")) {
      throw new IOException(path + " " + parameters + ": " + answer);
    }
    return answer.path("data");
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    container.close();
  }
}
