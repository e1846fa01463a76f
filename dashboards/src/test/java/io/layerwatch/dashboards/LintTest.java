package io.layerwatch.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Grafana does not say when it is wrong, of the files as they are imported. */
class LintTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DATA_SOURCE = "${DS_PROMETHEUS}";
  private static final int COLUMNS = 24;

  /** Of Grafana, beside a dashboard's own variables. */
  private static final Set<String> BUILT_IN = Set.of("__rate_interval", "__range", "__interval");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)}?");
  private static final Pattern METRIC = Pattern.compile("\\b(?:layerwatch|jvm|process)_\\w+");
  private static final Pattern RANGE = Pattern.compile("\\[([^\\]]+)]");

  static Stream<JsonNode> dashboards() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("").toAbsolutePath())) {
      List<JsonNode> dashboards = new ArrayList<>();
      for (Path file : files.filter(each -> each.toString().endsWith(".json")).sorted().toList()) {
        dashboards.add(JSON.readTree(file.toFile()));
      }
      assertThat(dashboards).hasSize(4);
      return dashboards.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panelsHaveIdsAndPlacesOfTheirOwn(JsonNode dashboard) {
    Set<Integer> ids = new HashSet<>();
    Set<List<Integer>> taken = new HashSet<>();
    for (JsonNode panel : list(dashboard.path("panels"))) {
      assertThat(ids.add(panel.path("id").asInt())).as("id of " + panel).isTrue();
      JsonNode place = panel.path("gridPos");
      int right = place.path("x").asInt() + place.path("w").asInt();
      assertThat(right).as(title(panel)).isBetween(1, COLUMNS);
      for (int x = place.path("x").asInt(); x < right; x++) {
        for (int y = 0; y < place.path("h").asInt(); y++) {
          assertThat(taken.add(List.of(x, place.path("y").asInt() + y)))
              .as(title(panel) + " lies on another panel")
              .isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panelsSayWhatTheyShowAndInWhichUnit(JsonNode dashboard) {
    Set<String> titles = new HashSet<>();
    String row = "";
    for (JsonNode panel : list(dashboard.path("panels"))) {
      assertThat(panel.path("title").asText()).isNotBlank();
      if (panel.path("type").asText().equals("row")) {
        row = panel.path("title").asText();
        continue;
      }
      assertThat(titles.add(row + "/" + panel.path("title").asText())).as(title(panel)).isTrue();
      assertThat(panel.path("description").asText()).as(title(panel)).endsWith(".");
      assertThat(panel.at("/fieldConfig/defaults/unit").asText()).as(title(panel)).isNotBlank();
      assertThat(list(panel.path("targets"))).as(title(panel)).isNotEmpty();
      if (panel.path("type").asText().equals("table")) {
        // Otherwise Grafana names the column Value, and no override finds it.
        assertThat(list(panel.path("targets"))).as(title(panel)).hasSizeGreaterThan(1);
        assertThat(list(panel.at("/fieldConfig/overrides")))
            .as(title(panel))
            .hasSameSizeAs(list(panel.path("targets")));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void everythingAsksThePrometheusThatIsChosen(JsonNode dashboard) {
    JsonNode first = dashboard.at("/templating/list/0");
    assertThat(first.path("name").asText()).isEqualTo("DS_PROMETHEUS");
    assertThat(first.path("type").asText()).isEqualTo("datasource");
    Stream.of(
            dashboard.findParents("expr").stream(),
            list(dashboard.path("annotations").path("list")).stream(),
            list(dashboard.path("panels")).stream()
                .filter(panel -> !panel.path("type").asText().equals("row")),
            list(dashboard.at("/templating/list")).stream().skip(1))
        .flatMap(each -> each)
        .filter(each -> !each.path("refId").asText().equals("Anno"))
        .forEach(
            each ->
                assertThat(each.at("/datasource/uid").asText())
                    .as(each.toString())
                    .isEqualTo(DATA_SOURCE));
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void nothingThatSomebodyHasChosenIsSaved(JsonNode dashboard) {
    assertThat(dashboard.findValues("current")).isEmpty();
    assertThat(dashboard.has("id")).isFalse();
    assertThat(dashboard.has("version")).isFalse();
  }

  /** A variable may ask for those before it; a query for all. */
  @ParameterizedTest
  @MethodSource("dashboards")
  void variablesAreThereBeforeTheyAreUsed(JsonNode dashboard) {
    Set<String> known = new TreeSet<>(BUILT_IN);
    for (JsonNode variable : list(dashboard.at("/templating/list"))) {
      assertThat(known).containsAll(variables(variable.at("/query/query").asText()));
      known.add(variable.path("name").asText());
    }
    expressions(dashboard)
        .forEach(expression -> assertThat(known).as(expression).containsAll(variables(expression)));
    Set<String> used =
        Stream.concat(
                expressions(dashboard).stream(),
                list(dashboard.at("/templating/list")).stream()
                    .map(variable -> variable.at("/query/query").asText()))
            .flatMap(expression -> variables(expression).stream())
            .collect(Collectors.toSet());
    list(dashboard.at("/templating/list")).stream()
        .map(variable -> variable.path("name").asText())
        .filter(name -> !name.equals("DS_PROMETHEUS"))
        .forEach(name -> assertThat(used).as("variables that something uses").contains(name));
  }

  /** Several values are an alternative, which only a regular expression takes. */
  @ParameterizedTest
  @MethodSource("dashboards")
  void variablesOfSeveralValuesAreMatchedAsSuch(JsonNode dashboard) {
    for (JsonNode variable : list(dashboard.at("/templating/list"))) {
      String name = variable.path("name").asText();
      String other = variable.path("multi").asBoolean() ? "=\"$" : "=~\"$";
      assertThat(expressions(dashboard))
          .noneMatch(expression -> expression.contains(other + name + "\""));
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void ratesAreOverGrafanasInterval(JsonNode dashboard) {
    for (String expression : expressions(dashboard)) {
      assertThat(RANGE.matcher(expression).results().map(range -> range.group(1)))
          .as(expression)
          .isSubsetOf("$__rate_interval");
      // An increase over that interval is of four scrapes, and would be in four points.
      assertThat(expression).doesNotContain("increase(");
      assertThat(expression.contains("rate(")).as(expression).isEqualTo(expression.contains("["));
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void linksLeadToAllOtherDashboardsAndCarryWhatIsChosen(JsonNode dashboard) throws IOException {
    List<String> others =
        dashboards()
            .map(each -> each.path("uid").asText())
            .filter(uid -> !uid.equals(dashboard.path("uid").asText()))
            .toList();
    assertThat(list(dashboard.path("links")))
        .extracting(link -> link.path("url").asText().replace("/d/", ""))
        .hasSize(3)
        .containsExactlyInAnyOrderElementsOf(others);
    assertThat(list(dashboard.path("links")))
        .allMatch(
            link -> link.path("includeVars").asBoolean() && link.path("keepTime").asBoolean());
  }

  @Test
  void everyMetricIsInTheCatalogue() throws IOException {
    Set<String> catalogue = catalogue();
    Set<String> asked =
        dashboards()
            .flatMap(
                dashboard ->
                    Stream.concat(
                        expressions(dashboard).stream(),
                        list(dashboard.at("/templating/list")).stream()
                            .map(variable -> variable.at("/query/query").asText())))
            .flatMap(expression -> METRIC.matcher(expression).results().map(MatchResult::group))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(asked).hasSizeGreaterThan(50).isSubsetOf(catalogue);
  }

  /** Names of samples in the tables of metrics. */
  private static Set<String> catalogue() throws IOException {
    Set<String> names = new HashSet<>();
    for (String document : List.of("../docs/metrics.md", "../services/runtime/README.md")) {
      Matcher row =
          Pattern.compile("^\\| `((?:layerwatch|jvm|process)_\\w+)` \\| ?(\\w*)", Pattern.MULTILINE)
              .matcher(Files.readString(Path.of(document)));
      while (row.find()) {
        names.add(row.group(1));
        if (List.of("histogram", "summary").contains(row.group(2))) {
          List.of("_bucket", "_sum", "_count").forEach(end -> names.add(row.group(1) + end));
        }
      }
    }
    return names;
  }

  private static List<String> expressions(JsonNode dashboard) {
    return dashboard.findValuesAsText("expr");
  }

  private static Set<String> variables(String expression) {
    return VARIABLE
        .matcher(expression)
        .results()
        .map(variable -> variable.group(1))
        .collect(Collectors.toSet());
  }

  private static String title(JsonNode panel) {
    return panel.path("title").asText();
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
