package io.layerwatch.integration;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The shipped alert rules; of several rules one alert may come. */
record AlertRules(List<Rule> rules) {

  private static final Pattern SAMPLE = Pattern.compile("\\blayerwatch_\\w+");
  private static final Pattern SELECTOR = Pattern.compile("(layerwatch_\\w+)\\{([^}]*)}");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|on|without|ignoring)\\s*\\(([^)]*)\\)");

  private static final Pattern SHOWN = Pattern.compile("\\$labels\\.(\\w+)");

  /** A rule as it is written. */
  record Rule(
      String alert,
      String expression,
      String duration,
      Map<String, String> labels,
      Map<String, String> annotations) {

    /** Names of the samples that it asks for. */
    Set<String> samples() {
      return SAMPLE
          .matcher(expression)
          .results()
          .map(MatchResult::group)
          .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What it asks of labels. */
    List<LabelMatcher> matchers() {
      return SELECTOR
          .matcher(expression)
          .results()
          .flatMap(
              selector ->
                  MATCHER
                      .matcher(selector.group(2))
                      .results()
                      .map(
                          matcher ->
                              new LabelMatcher(
                                  selector.group(1),
                                  matcher.group(1),
                                  List.of(matcher.group(3).split("\\|")))))
          .toList();
    }

    /** Labels that it groups or joins by. */
    Set<String> grouping() {
      return GROUPING
          .matcher(expression)
          .results()
          .flatMap(by -> Pattern.compile(",").splitAsStream(by.group(1)))
          .map(String::strip)
          .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Labels that its texts show. */
    Set<String> labelsOfTexts() {
      return SHOWN
          .matcher(String.join("\n", annotations.values()))
          .results()
          .map(shown -> shown.group(1))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** A label of a sample, and the values that are asked for, one after the other. */
  record LabelMatcher(String sample, String label, List<String> values) {}

  static Path directory() {
    return Repository.root().resolve("deploy/prometheus");
  }

  static AlertRules read() throws IOException {
    List<Rule> rules = new ArrayList<>();
    for (JsonNode group : yaml(directory().resolve("layerwatch.rules.yml")).path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        rules.add(
            new Rule(
                rule.path("alert").asText(),
                rule.path("expr").asText(),
                rule.path("for").asText(),
                texts(rule.path("labels")),
                texts(rule.path("annotations"))));
      }
    }
    return new AlertRules(rules);
  }

  static Map<String, String> texts(JsonNode fields) {
    Map<String, String> texts = new TreeMap<>();
    fields.properties().forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
    return texts;
  }

  /** A file of YAML, as JSON has it. */
  static JsonNode yaml(Path file) throws IOException {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    return ApiClient.JSON.valueToTree(yaml.load(Files.readString(file)));
  }

  Set<String> alerts() {
    return rules.stream().map(Rule::alert).collect(Collectors.toCollection(TreeSet::new));
  }
}
