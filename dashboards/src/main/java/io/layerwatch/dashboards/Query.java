package io.layerwatch.dashboards;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * An expression that a panel shows.
 *
 * @param expression PromQL, with Grafana's variables
 * @param name of each of its series, such as {@code layer {{layer}}}; of the column in a table
 * @param table whether its last values are the rows of a table, rather than lines over time
 */
record Query(String expression, String name, boolean table) {

  ObjectNode json(String refId) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("refId", refId)
            .<ObjectNode>set("datasource", DataSource.json())
            .put("editorMode", "code")
            .put("expr", expression);
    return table
        ? json.put("format", "table").put("instant", true).put("range", false)
        : json.put("format", "time_series")
            .put("instant", false)
            .put("range", true)
            .put("legendFormat", name);
  }
}
