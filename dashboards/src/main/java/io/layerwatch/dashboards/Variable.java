package io.layerwatch.dashboards;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What the reader of a dashboard chooses from: the values of a label. None is saved as chosen, so
 * that a dashboard opens on the first that there is.
 *
 * @param name in queries, behind a dollar
 * @param label above the choice
 * @param query that lists the values
 * @param several whether more than one, or all, may be chosen
 * @param sort how the values are sorted
 */
record Variable(String name, String label, String query, boolean several, Sort sort) {

  private static final int ON_TIME_RANGE_CHANGED = 2;

  /** Orders of values, by Grafana's codes. */
  enum Sort {
    ALPHABETICAL(1),
    ALPHABETICAL_DESCENDING(2),
    NUMERICAL(3);

    private final int code;

    Sort(int code) {
      this.code = code;
    }
  }

  static Variable one(String name, String query) {
    return new Variable(name, label(name), query, false, Sort.ALPHABETICAL);
  }

  static Variable several(String name, String query) {
    return new Variable(name, label(name), query, true, Sort.ALPHABETICAL);
  }

  Variable ofNumbers() {
    return new Variable(name, label, query, several, Sort.NUMERICAL);
  }

  Variable descending() {
    return new Variable(name, label, query, several, Sort.ALPHABETICAL_DESCENDING);
  }

  private static String label(String name) {
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  ObjectNode json() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", name)
            .put("label", label)
            .put("type", "query")
            .<ObjectNode>set("datasource", DataSource.json())
            .put("refresh", ON_TIME_RANGE_CHANGED)
            .put("sort", sort.code)
            .put("multi", several)
            .put("includeAll", several);
    json.putObject("query").put("refId", name).put("query", query);
    return json;
  }

  /** The choice of a Prometheus. */
  static ObjectNode dataSource() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", DataSource.VARIABLE)
        .put("label", "Prometheus")
        .put("type", "datasource")
        .put("query", DataSource.TYPE);
  }
}
