package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.integration.AlertRules.LabelMatcher;
import io.layerwatch.integration.AlertRules.Rule;
import io.layerwatch.integration.MetricsCatalogue.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shipped alerts ask for metrics that there are, are proved, and have a page each. */
class AlertRulesTest {

  private static final Path RUNBOOKS = Repository.root().resolve("deploy/runbooks");
  private static final String PAGES = "https://layerwatch.example/deploy/runbooks/";

  /** Labels that Prometheus itself puts on what it scrapes. */
  private static final Set<String> OF_TARGETS = Set.of("job", "instance");

  private static final Pattern SAMPLE = Pattern.compile("\\blayerwatch_\\w+");
  private static final Pattern DASHBOARD = Pattern.compile("Dashboard \\*\\w+\\*");
  private static final Pattern SETTING =
      Pattern.compile(
          "\\b(?:admin|instrumentation|model|recommender|scorer|topics)\\.[a-z.]+[a-z]");

  private static AlertRules rules() throws IOException {
    return AlertRules.read();
  }

  private static MetricsCatalogue catalogue() throws IOException {
    return MetricsCatalogue.read(Repository.root().resolve("docs/metrics.md"));
  }

  private static Stream<Rule> eachRule() throws IOException {
    return rules().rules().stream();
  }

  @ParameterizedTest
  @MethodSource("eachRule")
  void everyMetricAndLabelExists(Rule rule) throws IOException {
    MetricsCatalogue catalogue = catalogue();
    Set<String> labels = new TreeSet<>(OF_TARGETS);
    for (String sample : rule.samples()) {
      assertThat(catalogue.familyOf(sample)).as(sample).isPresent();
      labels.addAll(catalogue.familyOf(sample).orElseThrow().labels().keySet());
    }
    assertThat(rule.samples()).isNotEmpty();
    assertThat(labels).containsAll(rule.grouping()).containsAll(rule.labelsOfTexts());
    for (LabelMatcher matcher : rule.matchers()) {
      Family family = catalogue.familyOf(matcher.sample()).orElseThrow();
      assertThat(family.labels()).as(matcher.toString()).containsKey(matcher.label());
      Set<String> known = new TreeSet<>(family.labels().get(matcher.label()));
      if (!known.isEmpty()) {
        assertThat(known).as(matcher.toString()).containsAll(matcher.values());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("eachRule")
  void everyAlertSaysHowBadItIsAndWhereToReadOn(Rule rule) {
    assertThat(rule.duration()).matches("\\d+m");
    assertThat(rule.labels().get("severity")).isIn("critical", "warning", "info");
    assertThat(rule.annotations()).containsOnlyKeys("summary", "description", "runbook_url");
    assertThat(rule.annotations().get("runbook_url")).isEqualTo(PAGES + rule.alert() + ".md");
  }

  @Test
  void everyAlertHasARunbookAndTheReverse() throws IOException {
    try (Stream<Path> pages = Files.list(RUNBOOKS)) {
      assertThat(
              pages
                  .map(page -> page.getFileName().toString())
                  .filter(page -> !page.equals("README.md")))
          .containsExactlyInAnyOrderElementsOf(
              rules().alerts().stream().map(alert -> alert + ".md").toList());
    }
  }

  @Test
  void theReadmeLinksEveryRunbook() throws IOException {
    assertThat(Files.readString(AlertRules.directory().resolve("README.md")))
        .contains(
            rules().alerts().stream()
                .map(alert -> "[" + alert + "](../runbooks/" + alert + ".md)")
                .toList());
  }

  @Test
  void runbooksNameMetricsSettingsAndDashboardsThatExist() throws IOException {
    MetricsCatalogue catalogue = catalogue();
    Set<String> settings = Deployment.definition().names();
    for (String alert : rules().alerts()) {
      String page = Files.readString(RUNBOOKS.resolve(alert + ".md"));
      assertThat(page).as(alert).contains("**How bad.**", "](README.md)");
      assertThat(found(DASHBOARD, page))
          .as(alert)
          .hasSize(1)
          .allSatisfy(dashboard -> assertThat(dashboardFile(dashboard)).exists());
      assertThat(found(SAMPLE, page))
          .as(alert)
          .isNotEmpty()
          .allSatisfy(sample -> assertThat(catalogue.familyOf(sample)).isPresent());
      assertThat(found(SETTING, page))
          .as(alert)
          .allSatisfy(
              setting ->
                  assertThat(settings)
                      .anyMatch(known -> known.equals(setting) || known.startsWith(setting + ".")));
    }
  }

  @ParameterizedTest
  @MethodSource("eachRule")
  void itsRunbookIsOfItsMetricsAndItsSeverity(Rule rule) throws IOException {
    String page = Files.readString(RUNBOOKS.resolve(rule.alert() + ".md"));
    assertThat(found(SAMPLE, page)).as("metrics of the rule").containsAnyElementsOf(rule.samples());
    String severity = rule.labels().get("severity");
    assertThat(page)
        .startsWith(
            "# %s\n\n**%s%s.**"
                .formatted(
                    rule.alert(),
                    severity.substring(0, 1).toUpperCase(Locale.ROOT),
                    severity.substring(1)));
    assertThat(Files.readString(AlertRules.directory().resolve("README.md")))
        .contains("| [%1$s](../runbooks/%1$s.md) | %2$s |".formatted(rule.alert(), severity));
  }

  @Test
  void prometheusUnderstandsTheQueriesOfTheRunbooks(@TempDir Path directory) throws Exception {
    List<String> rules = new ArrayList<>(List.of("groups:", "- name: runbooks", "  rules:"));
    for (String alert : rules().alerts()) {
      for (String query : queries(Files.readString(RUNBOOKS.resolve(alert + ".md")))) {
        rules.add("  - record: runbook");
        rules.add("    labels: {query: \"%d\"}".formatted(rules.size()));
        rules.add("    expr: '" + query.replace("'", "''") + "'");
      }
    }
    assertThat(rules).as("queries, three lines each").hasSizeGreaterThan(3 + 3 * 30);
    Files.write(directory.resolve("runbooks.yml"), rules);
    Promtool.accepts(directory, "check", "rules", "runbooks.yml");
  }

  /** The lines of a page's code that ask for metrics, and are no commands. */
  private static List<String> queries(String page) {
    return Pattern.compile("(?ms)^```\n(.*?)^```")
        .matcher(page)
        .results()
        .flatMap(block -> block.group(1).lines())
        .filter(line -> SAMPLE.matcher(line).find() || line.startsWith("up"))
        .filter(line -> !line.matches("(curl|kubectl|docker|kafka-|\\./layerwatch).*"))
        .toList();
  }

  private static Path dashboardFile(String named) {
    String name = named.replaceAll("\\W|Dashboard", "").toLowerCase(Locale.ROOT);
    return Repository.root().resolve("dashboards").resolve(name + ".json");
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Of several rules for one alert each is told by its own labels. */
  @Test
  void everyRuleIsSeenToFireAndEveryAlertNotToFire() throws IOException {
    Set<String> fires = new TreeSet<>();
    Set<String> doesNot = new TreeSet<>();
    for (Path file : testFiles()) {
      for (JsonNode test : AlertRules.yaml(file).path("tests")) {
        for (JsonNode expected : test.path("alert_rule_test")) {
          String alert = expected.path("alertname").asText();
          if (expected.path("exp_alerts").isEmpty()) {
            doesNot.add(alert);
          }
          for (JsonNode firing : expected.path("exp_alerts")) {
            fires.add(alert + own(AlertRules.texts(firing.path("exp_labels"))));
          }
        }
      }
    }
    assertThat(fires)
        .containsExactlyInAnyOrderElementsOf(
            rules().rules().stream().map(rule -> rule.alert() + own(rule.labels())).toList());
    assertThat(doesNot).isEqualTo(rules().alerts());
  }

  /** The labels that rules give, and not their series. */
  private static Map<String, String> own(Map<String, String> labels) {
    Map<String, String> own = new TreeMap<>(labels);
    own.keySet().retainAll(List.of("severity", "silent", "process"));
    return own;
  }

  @Test
  void prometheusTakesTheRules() throws Exception {
    Promtool.accepts(AlertRules.directory(), "check", "rules", "layerwatch.rules.yml");
  }

  @Test
  void prometheusFiresTheAlertsAsTheirTestsSay() throws Exception {
    List<String> files = testFiles().stream().map(file -> "tests/" + file.getFileName()).toList();
    Promtool.accepts(
        AlertRules.directory(),
        Stream.concat(Stream.of("test", "rules"), files.stream()).toArray(String[]::new));
  }

  private static List<Path> testFiles() throws IOException {
    try (Stream<Path> files = Files.list(AlertRules.directory().resolve("tests"))) {
      return files.sorted().toList();
    }
  }
}
