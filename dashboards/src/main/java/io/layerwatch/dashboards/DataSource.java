package io.layerwatch.dashboards;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The Prometheus that the reader of a dashboard chooses. */
final class DataSource {

  static final String VARIABLE = "DS_PROMETHEUS";
  static final String TYPE = "prometheus";

  private DataSource() {}

  static ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", TYPE)
        .put("uid", "${" + VARIABLE + "}");
  }
}
