package io.layerwatch.dashboards;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A panel, built step by step:
 *
 * <pre>{@code
 * Panels.lines("Requests", Unit.REQUESTS_PER_SECOND)
 *     .says("Requests by status.")
 *     .query("sum by (status) (rate(layerwatch_requests_total[$__rate_interval]))", "{{status}}");
 * }</pre>
 *
 * What is of one kind of panel is set up by {@link Panels}.
 */
final class Panel {

  private final String type;
  private final String title;
  private final List<Query> queries = new ArrayList<>();
  private final ObjectNode defaults = JsonNodeFactory.instance.objectNode();
  private final ArrayNode overrides = JsonNodeFactory.instance.arrayNode();
  private final ArrayNode transformations = JsonNodeFactory.instance.arrayNode();
  private final ObjectNode options;
  private String description = "";
  private int width = 8;
  private int height = 8;

  /**
   * A panel without queries yet.
   *
   * @param options of its kind
   * @param custom field settings of its kind
   */
  Panel(String type, String title, Unit unit, ObjectNode options, ObjectNode custom) {
    this.type = type;
    this.title = title;
    this.options = options;
    defaults.put("unit", unit.id());
    defaults.set("custom", custom);
  }

  /** What it shows, in a sentence. */
  Panel says(String sentence) {
    description = sentence;
    return this;
  }

  /** Columns of the grid's 24, and rows of some 30 pixels. */
  Panel size(int columns, int rows) {
    width = columns;
    height = rows;
    return this;
  }

  /** Lines over time, a line for each series. */
  Panel query(String expression, String legend) {
    queries.add(new Query(expression, legend, false));
    return this;
  }

  /** A column of a table, whose other columns are the labels. */
  Panel column(String name, Unit unit, String expression) {
    queries.add(new Query(expression, name, true));
    override("Value #" + refId(queries.size() - 1))
        .add(property("displayName").put("value", name))
        .add(property("unit").put("value", unit.id()));
    return this;
  }

  /** Begins with another color at each step; the first has no lower end. */
  Panel thresholds(String lowest, Threshold... others) {
    ObjectNode thresholds = defaults.putObject("thresholds").put("mode", "absolute");
    ArrayNode steps = thresholds.putArray("steps");
    steps.addObject().put("color", lowest).putNull("value");
    for (Threshold each : others) {
      steps.addObject().put("color", each.color()).put("value", each.from());
    }
    defaults.putObject("color").put("mode", "thresholds");
    return this;
  }

  /** A colour from a value on. */
  record Threshold(double from, String color) {}

  /** Shows a value as a word. */
  Panel word(int value, String text, String color) {
    ArrayNode mappings = defaults.withArray("mappings");
    ObjectNode mapping =
        mappings.isEmpty()
            ? mappings.addObject().put("type", "value").putObject("options")
            : (ObjectNode) mappings.get(0).get("options");
    mapping
        .putObject(Integer.toString(value))
        .put("text", text)
        .put("color", color)
        .put("index", mapping.size());
    return this;
  }

  /** Shown where there is no series. */
  Panel otherwise(String text) {
    defaults.put("noValue", text);
    return this;
  }

  /** The least and the largest value of the axis. */
  Panel between(double least, double largest) {
    defaults.put("min", least).put("max", largest);
    return this;
  }

  /** An axis that begins at zero. */
  Panel fromZero() {
    defaults.put("min", 0);
    return this;
  }

  /** An axis in powers of ten. */
  Panel logarithmic() {
    custom().putObject("scaleDistribution").put("type", "log").put("log", 10);
    return this;
  }

  /** Areas on top of each other. */
  Panel stacked() {
    custom().put("fillOpacity", 40).putObject("stacking").put("mode", "normal").put("group", "A");
    return this;
  }

  /** Draws one series dashed, as a limit that others are held against. */
  Panel limit(String series) {
    ObjectNode style = property("custom.lineStyle");
    style.putObject("value").put("fill", "dash").putArray("dash").add(8).add(8);
    ObjectNode fill = property("custom.fillOpacity").put("value", 0);
    override(series).add(style).add(fill);
    return this;
  }

  Panel transform(String id, ObjectNode settings) {
    transformations.addObject().put("id", id).set("options", settings);
    return this;
  }

  private ObjectNode custom() {
    return (ObjectNode) defaults.get("custom");
  }

  private ArrayNode override(String series) {
    ObjectNode override = overrides.addObject();
    override.putObject("matcher").put("id", "byName").put("options", series);
    return override.putArray("properties");
  }

  private static ObjectNode property(String id) {
    return JsonNodeFactory.instance.objectNode().put("id", id);
  }

  private static String refId(int index) {
    return Character.toString('A' + index);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", type).put("title", title).put("description", description);
    json.set("datasource", DataSource.json());
    json.putObject("fieldConfig").<ObjectNode>set("defaults", defaults).set("overrides", overrides);
    json.set("options", options);
    if (!transformations.isEmpty()) {
      json.set("transformations", transformations);
    }
    ArrayNode targets = json.putArray("targets");
    for (int i = 0; i < queries.size(); i++) {
      targets.add(queries.get(i).json(refId(i)));
    }
    return json;
  }
}
