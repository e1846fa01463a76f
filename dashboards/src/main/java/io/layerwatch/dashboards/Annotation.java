package io.layerwatch.dashboards;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Marks the times at which an expression has series, on all panels of a dashboard.
 *
 * @param name above the dashboard, where it is turned on and off
 * @param expression PromQL, 1 while there is something to mark
 * @param color of the marks
 * @param title of a mark, of the labels of its series
 */
record Annotation(String name, String expression, String color, String title) {

  ObjectNode json() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", name)
            .<ObjectNode>set("datasource", DataSource.json())
            .put("enable", true)
            .put("iconColor", color)
            .put("expr", expression)
            .put("titleFormat", title);
    json.putObject("target").put("refId", "Anno").put("expr", expression);
    return json;
  }
}
