package io.layerwatch.dashboards;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The kinds of panels that the dashboards are made of, as Grafana sets them up. */
final class Panels {

  /** Grafana leaves out cells below 1e-9 unless told otherwise; logarithms are negative. */
  private static final int BELOW_EVERY_CELL = -1_000;

  private Panels() {}

  /** Lines over time. */
  static Panel lines(String title, Unit unit) {
    ObjectNode options = object();
    options
        .putObject("legend")
        .put("displayMode", "list")
        .put("placement", "bottom")
        .put("showLegend", true)
        .putArray("calcs");
    options.putObject("tooltip").put("mode", "multi").put("sort", "desc");
    ObjectNode custom =
        object()
            .put("drawStyle", "line")
            .put("lineInterpolation", "linear")
            .put("lineWidth", 1)
            .put("fillOpacity", 8)
            .put("showPoints", "auto")
            .put("spanNulls", false);
    return new Panel("timeseries", title, unit, options, custom);
  }

  /** Lines of many layers: which is which is in a table beside them. */
  static Panel layerLines(String title, Unit unit) {
    ObjectNode options = object();
    options
        .putObject("legend")
        .put("displayMode", "table")
        .put("placement", "right")
        .put("showLegend", true)
        .putArray("calcs")
        .add("lastNotNull");
    options.putObject("tooltip").put("mode", "multi").put("sort", "desc");
    ObjectNode custom =
        object()
            .put("drawStyle", "line")
            .put("lineInterpolation", "linear")
            .put("lineWidth", 1)
            .put("fillOpacity", 0)
            .put("showPoints", "auto")
            .put("spanNulls", false);
    return new Panel("timeseries", title, unit, options, custom).size(12, 9);
  }

  /** One number, the last, with its course behind it. */
  static Panel number(String title, Unit unit) {
    return stat(title, unit, "area", "auto");
  }

  /** The name of the series that there is. */
  static Panel name(String title) {
    return stat(title, Unit.NONE, "none", "name");
  }

  private static Panel stat(String title, Unit unit, String graph, String text) {
    ObjectNode options =
        object()
            .put("colorMode", "value")
            .put("graphMode", graph)
            .put("justifyMode", "auto")
            .put("orientation", "auto")
            .put("percentChangeColorMode", "standard")
            .put("showPercentChange", false)
            .put("textMode", text)
            .put("wideLayout", true);
    ObjectNode reduce = options.putObject("reduceOptions").put("fields", "").put("values", false);
    reduce.putArray("calcs").add("lastNotNull");
    return new Panel("stat", title, unit, options, object()).size(4, 4);
  }

  /** Layers × time: a row for each series, which is named by a number, and a colour for a value. */
  static Panel layerMap(String title, Unit unit) {
    ObjectNode options = object().put("calculate", false).put("cellGap", 0);
    options
        .putObject("color")
        .put("mode", "scheme")
        .put("scheme", "Viridis")
        .put("fill", "dark-orange")
        .put("scale", "linear")
        .put("exponent", 0.5)
        .put("steps", 64)
        .put("reverse", false);
    options.putObject("cellValues").put("unit", unit.id());
    options.putObject("filterValues").put("le", BELOW_EVERY_CELL);
    options.putObject("exemplars").put("color", "rgba(255,0,255,0.7)");
    options.putObject("legend").put("show", true);
    options.putObject("rowsFrame").put("layout", "auto");
    options.put("showValue", "never");
    options
        .putObject("tooltip")
        .put("mode", "single")
        .put("yHistogram", false)
        .put("showColorScale", true);
    options
        .putObject("yAxis")
        .put("axisPlacement", "left")
        .put("axisLabel", "layer")
        .put("reverse", true)
        .put("unit", Unit.NONE.id());
    return new Panel("heatmap", title, unit, options, object()).size(12, 11);
  }

  /** A bar for each series over the times that it is there, coloured by what its value means. */
  static Panel timeline(String title) {
    ObjectNode options =
        object()
            .put("alignValue", "left")
            .put("mergeValues", true)
            .put("rowHeight", 0.9)
            .put("showValue", "auto");
    options
        .putObject("legend")
        .put("displayMode", "list")
        .put("placement", "bottom")
        .put("showLegend", false)
        .putArray("calcs");
    options.putObject("tooltip").put("mode", "single").put("sort", "none");
    ObjectNode custom = object().put("fillOpacity", 80).put("lineWidth", 0);
    return new Panel("state-timeline", title, Unit.NONE, options, custom).size(12, 8);
  }

  /** Last values, a row for each layer. */
  static Panel layerTable(String title) {
    ObjectNode options =
        object().put("showHeader", true).put("cellHeight", "sm").put("frameIndex", 0);
    ObjectNode custom = object().put("align", "auto").put("inspect", false);
    custom.putObject("cellOptions").put("type", "auto");
    ObjectNode numbers = object();
    numbers
        .putArray("conversions")
        .addObject()
        .put("targetField", "layer")
        .put("destinationType", "number");
    ObjectNode columns = object();
    columns.putObject("excludeByName").put("Time", true);
    columns.putObject("indexByName").put("layer", 0);
    columns.putObject("renameByName");
    return new Panel("table", title, Unit.NONE, options, custom)
        .size(24, 11)
        .transform("merge", object())
        .transform("convertFieldType", numbers)
        .transform("organize", columns);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
