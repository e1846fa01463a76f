package io.layerwatch.integration.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.integration.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A dashboard, as its file has it.
 *
 * @param name of the file
 */
record GrafanaDashboard(String name, JsonNode json) {

  /**
   * What is asked of Prometheus.
   *
   * @param place in the dashboard
   * @param instant whether the last values are asked for, rather than those over a time
   */
  record Query(String place, String expression, boolean instant) {}

  static List<GrafanaDashboard> all() throws IOException {
    try (Stream<Path> files = Files.list(Repository.root().resolve("dashboards"))) {
      List<GrafanaDashboard> dashboards = new ArrayList<>();
      for (Path file : files.filter(each -> each.toString().endsWith(".json")).sorted().toList()) {
        dashboards.add(
            new GrafanaDashboard(
                file.getFileName().toString(), new ObjectMapper().readTree(file.toFile())));
      }
      return dashboards;
    }
  }

  /** Variables whose values come from Prometheus, in the order in which they depend. */
  List<JsonNode> variables() {
    List<JsonNode> variables = new ArrayList<>();
    for (JsonNode variable : json.path("templating").path("list")) {
      if (variable.path("type").asText().equals("query")) {
        variables.add(variable);
      }
    }
    return variables;
  }

  /** Of all panels and annotations. */
  List<Query> queries() {
    List<Query> queries = new ArrayList<>();
    for (JsonNode panel : json.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        String place = panel.path("title").asText() + " " + target.path("refId").asText();
        queries.add(
            new Query(place, target.path("expr").asText(), target.path("instant").asBoolean()));
      }
    }
    for (JsonNode annotation : json.path("annotations").path("list")) {
      String place = "annotation " + annotation.path("name").asText();
      queries.add(new Query(place, annotation.path("expr").asText(), false));
    }
    return queries;
  }
}
