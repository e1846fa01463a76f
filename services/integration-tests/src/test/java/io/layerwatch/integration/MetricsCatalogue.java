package io.layerwatch.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every family of metrics, as docs/metrics.md has them.
 *
 * @param families in the order of their names
 */
record MetricsCatalogue(List<Family> families) {

  private static final String HEADER =
      """
      | metric | type | unit | labels | series | what it is | alerts |
      |---|---|---|---|---|---|---|
      """;

  /**
   * A family.
   *
   * @param name of its samples, without {@code _sum}, {@code _count} and {@code _bucket}
   * @param labels with the values that they are known to take, if any
   * @param series how many one process may have
   */
  record Family(
      String name,
      String type,
      String unit,
      Map<String, List<String>> labels,
      String series,
      String help) {

    boolean has(String sample) {
      return switch (type) {
        case "summary" -> List.of(name + "_sum", name + "_count").contains(sample);
        case "histogram" ->
            List.of(name + "_sum", name + "_count", name + "_bucket").contains(sample);
        default -> name.equals(sample);
      };
    }

    private String row(List<String> alerts) {
      String labelled =
          labels.entrySet().stream()
              .map(
                  label ->
                      label.getKey()
                          + (label.getValue().isEmpty()
                              ? ""
                              : ": " + String.join(" / ", label.getValue())))
              .collect(Collectors.joining(", "));
      return String.format(
          "| `%s` | %s | %s | %s | %s | %s | %s |\n",
          name, type, unit, labelled, series, help, String.join(", ", alerts));
    }

    private static Family of(String row) {
      List<String> cells = Arrays.stream(row.split("\\|", -1)).map(String::strip).toList();
      Map<String, List<String>> labels = new TreeMap<>();
      Arrays.stream(cells.get(4).split(", "))
          .filter(label -> !label.isEmpty())
          .map(label -> label.split(": "))
          .forEach(
              label ->
                  labels.put(
                      label[0], label.length == 1 ? List.of() : List.of(label[1].split(" / "))));
      return new Family(
          cells.get(1).replace("`", ""),
          cells.get(2),
          cells.get(3),
          labels,
          cells.get(5),
          cells.get(6));
    }
  }

  /** As the document has them. */
  static MetricsCatalogue read(Path document) throws IOException {
    return new MetricsCatalogue(
        Files.readString(document)
            .lines()
            .filter(line -> line.startsWith("| `"))
            .map(Family::of)
            .toList());
  }

  Optional<Family> familyOf(String sample) {
    return families.stream().filter(family -> family.has(sample)).findFirst();
  }

  /** The table of the document. */
  String markdown(AlertRules rules) {
    StringBuilder table = new StringBuilder(HEADER);
    for (Family family : families) {
      List<String> alerts =
          rules.rules().stream()
              .filter(rule -> rule.samples().stream().anyMatch(family::has))
              .map(AlertRules.Rule::alert)
              .distinct()
              .map(alert -> "[" + alert + "](../deploy/runbooks/" + alert + ".md)")
              .toList();
      table.append(family.row(new ArrayList<>(alerts)));
    }
    return table.toString();
  }

  /** The document with another table, which is its end. */
  static String replaced(String document, String table) {
    int start = document.indexOf(HEADER.substring(0, HEADER.indexOf('\n')));
    return (start < 0 ? document : document.substring(0, start)) + table;
  }
}
