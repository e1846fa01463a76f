package io.layerwatch.integration.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values of a chart as {@code values.yaml} documents them, in the way of helm-docs: a line
 * {@code # -- what it is} before a key.
 */
record ValuesTable(List<Row> rows) {

  private static final Pattern KEY = Pattern.compile("( *)([A-Za-z]+):.*");
  private static final Pattern COMMENT = Pattern.compile(" *# -- (.*)");
  private static final String INDENT = "  ";

  /**
   * A value.
   *
   * @param path its keys from the top
   * @param initial what it is unless somebody says otherwise
   */
  record Row(List<String> path, JsonNode initial, String description) {

    String name() {
      return String.join(".", path);
    }

    /** A line of the README's table. */
    String line() {
      return "| `" + name() + "` | `" + initial + "` | " + description + " |";
    }
  }

  /** Reads the documented values. */
  static ValuesTable of(String yaml) {
    JsonNode values = Yaml.one(yaml);
    List<Row> rows = new ArrayList<>();
    List<String> path = new ArrayList<>();
    String description = "";
    for (String line : yaml.lines().toList()) {
      Matcher comment = COMMENT.matcher(line);
      Matcher key = KEY.matcher(line);
      if (comment.matches()) {
        description = comment.group(1);
      } else if (key.matches()) {
        path = new ArrayList<>(path.subList(0, key.group(1).length() / INDENT.length()));
        path.add(key.group(2));
        if (!description.isEmpty()) {
          rows.add(new Row(path, values.at("/" + String.join("/", path)), description));
          description = "";
        }
      }
    }
    return new ValuesTable(rows);
  }

  /** As the README has it. */
  String markdown() {
    StringBuilder table = new StringBuilder("| value | default | what it is |\n|---|---|---|\n");
    rows.forEach(row -> table.append(row.line()).append('\n'));
    return table.toString();
  }
}
