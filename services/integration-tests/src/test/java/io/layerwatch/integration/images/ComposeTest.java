package io.layerwatch.integration.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.integration.Pages;
import io.layerwatch.integration.Repository;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The compose file as it is shipped, but for Grafana: from one command to an alert at its webhook.
 * It prints how long each step took, as deploy/README.md has it.
 */
class ComposeTest {

  private static final String[] WITHOUT_GRAFANA = {
    "kafka",
    "registry",
    "instrumentation",
    "scorer",
    "recommender",
    "traffic",
    "alerts",
    "prometheus",
    "alertmanager"
  };

  private final StringBuilder table = new StringBuilder();
  private long since;

  @Test
  void composeTakesTheFileAndItsVersionIsTheProjects() throws IOException {
    DockerCli.requireSuccess("ComposeTest", "no compose", "docker", "compose", "version");
    JsonNode config =
        new ObjectMapper()
            .readTree(
                DockerCli.run(
                        Map.of(),
                        "docker",
                        "compose",
                        "--file",
                        "deploy/compose.yaml",
                        "config",
                        "--format",
                        "json")
                    .orFail());
    Matcher version =
        Pattern.compile("(?m)^  <version>(.*)</version>$")
            .matcher(Files.readString(Repository.root().resolve("pom.xml")));
    assertThat(version.find()).isTrue();
    JsonNode services = config.path("services");
    List<String> names = new ArrayList<>(List.of(WITHOUT_GRAFANA));
    names.add("grafana");
    assertThat(services.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(names);
    for (String ours : List.of("instrumentation", "scorer", "recommender")) {
      assertThat(services.path(ours).path("image").asText())
          .isEqualTo("layerwatch/" + ours + ":" + version.group(1));
      assertThat(services.path(ours).has("mem_limit")).as(ours).isTrue();
    }
    for (JsonNode service : services) {
      service
          .path("ports")
          .forEach(port -> assertThat(port.path("host_ip").asText()).isEqualTo("127.0.0.1"));
    }
  }

  @Test
  @Timeout(600)
  void aShiftOfTheTrafficReachesAWebhook() throws IOException {
    DockerCli.requireSuccess("ComposeTest", "no compose", "docker", "compose", "version");
    DockerCli.require(
        "ComposeTest",
        Images.BASE,
        Images.KAFKA,
        Images.REGISTRY,
        "prom/prometheus:v3.5.3",
        "prom/alertmanager:v0.33.1");
    Images.build();
    try (ComposeProject project = new ComposeProject()) {
      measureFrom("`up`");
      project
          .run(
              DockerCli.command(List.of("up", "--detach", "--wait", "--no-build"), WITHOUT_GRAFANA))
          .orFail();
      tell("everything is healthy");
      assertThat(Pages.get(project.address("RECOMMENDER_PORT")))
          .contains("<title>Layerwatch</title>");
      URI scorer = project.address("SCORER_PORT").resolve("/metrics");
      step("first score", () -> Pages.get(scorer).contains("layerwatch_layer_avss{"));
      step("baseline", () -> watched(scorer));
      assertThat(drifting(scorer)).isFalse();
      assertThat(firing(project)).isEmpty();

      project
          .run(
              Map.of("TRAFFIC_PROMPTS", "shifted"),
              "up",
              "--detach",
              "--no-build",
              "--no-deps",
              "traffic")
          .orFail();
      measureFrom("the shift");
      step("drift at the scorer", () -> drifting(scorer));
      step("alert at the webhook", () -> firing(project).isPresent());

      assertThat(firing(project).orElseThrow())
          .contains(
              " warning since ", ": shakespeare-12l: ", "its baseline", "/LayerScoreDrift.md");
      assertThat(Pages.get(project.address("PROMETHEUS_PORT").resolve("/api/v1/query?query=up")))
          .contains("\"instrumentation:9400\"", "\"scorer:9400\"", "\"recommender:9400\"")
          .doesNotContain("\"0\"");
    }
  }

  /** What the webhook of the file printed of drift. */
  private static Optional<String> firing(ComposeProject project) {
    return project.log("alerts").stream()
        .filter(line -> line.startsWith("firing LayerScoreDrift "))
        .findFirst();
  }

  /** There is a baseline as soon as it is said that nothing has left it. */
  private static boolean watched(URI scorer) {
    return Pages.get(scorer)
        .lines()
        .anyMatch(line -> line.matches("layerwatch_layer_drift\\{.*score=\"avss\".*} 0\\.0"));
  }

  private static boolean drifting(URI scorer) {
    return Pages.get(scorer)
        .lines()
        .anyMatch(line -> line.matches("layerwatch_layer_drift\\{.*} -?1\\.0"));
  }

  private void step(String what, BooleanSupplier reached) {
    await().atMost(Duration.ofMinutes(4)).ignoreExceptions().until(reached::getAsBoolean);
    tell(what);
  }

  private void measureFrom(String what) {
    since = System.nanoTime();
    table.append("%n| | after %s |%n|---|---|%n".formatted(what));
  }

  private void tell(String what) {
    table.append("| %s | %d s |%n".formatted(what, (System.nanoTime() - since) / 1_000_000_000));
  }

  /** What was reached, also where the test has failed. */
  @AfterEach
  void printTable() {
    System.out.print(table);
  }
}
