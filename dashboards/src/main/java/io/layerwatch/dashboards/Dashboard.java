package io.layerwatch.dashboards;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A dashboard, in Grafana's words.
 *
 * @param name of its file; its uid is {@code layerwatch-NAME}
 * @param description what it answers
 * @param from how far back it looks at first, such as {@code now-1h}
 * @param variables each may ask for those before it
 */
record Dashboard(
    String name,
    String title,
    String description,
    String from,
    List<Variable> variables,
    List<Annotation> annotations,
    List<Row> rows) {

  /** Of Grafana 11; later ones migrate it. */
  private static final int SCHEMA_VERSION = 39;

  private static final int SHARED_CROSSHAIR = 1;

  Dashboard {
    variables = List.copyOf(variables);
    annotations = List.copyOf(annotations);
    rows = List.copyOf(rows);
  }

  String uid() {
    return "layerwatch-" + name;
  }

  /**
   * As Grafana reads it.
   *
   * @param all to link to, this one among them
   */
  ObjectNode json(List<Dashboard> all) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("uid", uid()).put("title", "Layerwatch / " + title).put("description", description);
    json.putArray("tags").add("layerwatch");
    json.put("schemaVersion", SCHEMA_VERSION).put("editable", true);
    json.put("graphTooltip", SHARED_CROSSHAIR).put("timezone", "browser").put("refresh", "30s");
    json.putObject("time").put("from", from).put("to", "now");
    ArrayNode links = json.putArray("links");
    all.stream().filter(other -> !other.equals(this)).forEach(other -> links.add(other.link()));
    ArrayNode list = json.putObject("templating").putArray("list").add(Variable.dataSource());
    variables.forEach(variable -> list.add(variable.json()));
    ArrayNode marks = json.putObject("annotations").putArray("list");
    annotations.forEach(annotation -> marks.add(annotation.json()));
    json.set("panels", Layout.of(rows));
    return json;
  }

  /** From another dashboard, with what is chosen there. */
  private ObjectNode link() {
    ObjectNode link =
        JsonNodeFactory.instance
            .objectNode()
            .put("title", title)
            .put("tooltip", description)
            .put("type", "link")
            .put("icon", "dashboard")
            .put("url", "/d/" + uid())
            .put("asDropdown", false)
            .put("includeVars", true)
            .put("keepTime", true)
            .put("targetBlank", false);
    link.putArray("tags");
    return link;
  }
}
