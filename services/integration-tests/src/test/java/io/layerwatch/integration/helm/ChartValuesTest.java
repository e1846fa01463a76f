package io.layerwatch.integration.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.integration.Repository;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Values, their schema and their documentation name the same. */
class ChartValuesTest {

  private static final ValuesTable TABLE =
      ValuesTable.of(Yaml.text(Chart.directory().resolve("values.yaml")));

  @Test
  void theReadmeHasTheTableOfValues() {
    assertThat(Yaml.text(Chart.directory().resolve("README.md"))).contains(TABLE.markdown());
  }

  @Test
  void everyValueIsDocumented() {
    assertThat(leaves("", Chart.values()))
        .containsExactlyElementsOf(TABLE.rows().stream().map(ValuesTable.Row::name).toList());
  }

  /** Values below which nothing else is documented. */
  private static List<String> leaves(String path, JsonNode node) {
    boolean documented = TABLE.rows().stream().anyMatch(row -> row.name().equals(path));
    if (documented || !node.isObject()) {
      return List.of(path);
    }
    return node.properties().stream()
        .flatMap(
            field ->
                leaves((path.isEmpty() ? "" : path + ".") + field.getKey(), field.getValue())
                    .stream())
        .toList();
  }

  @Test
  void theSchemaNamesTheValuesAndNoOthers() {
    JsonNode schema = Yaml.one(Chart.directory().resolve("values.schema.json"));
    List<String> differences = new ArrayList<>();
    compare("", Chart.values(), schema, differences);
    assertThat(differences).containsExactly("global: not among the values");
  }

  private static void compare(
      String path, JsonNode values, JsonNode schema, List<String> differences) {
    if (!schema.has("properties")) {
      return;
    }
    if (schema.path("additionalProperties").asBoolean(true)) {
      differences.add(path + ": takes anything");
    }
    schema
        .path("properties")
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!values.has(name)) {
                differences.add(path + name + ": not among the values");
              }
            });
    values
        .properties()
        .forEach(
            field -> {
              JsonNode below = schema.path("properties").path(field.getKey());
              if (below.isMissingNode()) {
                differences.add(path + field.getKey() + ": not in the schema");
              }
              compare(path + field.getKey() + ".", field.getValue(), below, differences);
            });
  }

  /** What a chart of this version installs unless it is told otherwise. */
  @Test
  void theChartHasTheVersionOfTheProject() {
    Matcher version =
        Pattern.compile("\n  <version>(.+)</version>")
            .matcher(Yaml.text(Repository.root().resolve("pom.xml")));
    assertThat(version.find()).isTrue();
    JsonNode chart = Yaml.one(Chart.directory().resolve("Chart.yaml"));
    assertThat(Stream.of("version", "appVersion").map(field -> chart.path(field).asText()))
        .containsOnly(version.group(1));
  }
}
