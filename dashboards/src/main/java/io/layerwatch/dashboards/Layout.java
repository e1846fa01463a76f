package io.layerwatch.dashboards;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Places panels on Grafana's grid, 24 columns wide, from left to right and from top to bottom. */
final class Layout {

  static final int WIDTH = 24;

  private final ArrayNode placed = JsonNodeFactory.instance.arrayNode();
  private int nextId = 1;
  private int x;
  private int y;
  private int lineHeight;

  private Layout() {}

  static ArrayNode of(List<Row> rows) {
    Layout layout = new Layout();
    rows.forEach(layout::add);
    return layout.placed;
  }

  private void add(Row row) {
    breakLine();
    ObjectNode heading = placed.addObject().put("id", nextId++).put("type", "row");
    heading.put("title", row.title()).put("collapsed", false).putArray("panels");
    heading.set("gridPos", place(WIDTH, 1));
    for (Panel panel : row.panels()) {
      ObjectNode json = placed.addObject().put("id", nextId++);
      json.setAll(panel.json());
      json.set("gridPos", place(panel.width(), panel.height()));
    }
  }

  private ObjectNode place(int width, int height) {
    if (x + width > WIDTH) {
      breakLine();
    }
    ObjectNode position =
        JsonNodeFactory.instance
            .objectNode()
            .put("h", height)
            .put("w", width)
            .put("x", x)
            .put("y", y);
    x += width;
    lineHeight = Math.max(lineHeight, height);
    return position;
  }

  private void breakLine() {
    x = 0;
    y += lineHeight;
    lineHeight = 0;
  }
}
