package io.layerwatch.runtime.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Alertmanager's webhook message, version 4, as a line for each alert. */
final class AlertLines {

  private static final ObjectMapper JSON = new ObjectMapper();

  private AlertLines() {}

  /**
   * Such as {@code firing LayerScoreDrift warning since 2026-01-01T00:00:00Z: demo: avss of layer 3
   * has left its baseline}.
   *
   * @throws IOException when it is no such message
   */
  static List<String> of(String message) throws IOException {
    JsonNode alerts = JSON.readTree(message).path("alerts");
    if (!alerts.isArray()) {
      throw new IOException("expected {\"alerts\": […]}");
    }
    List<String> lines = new ArrayList<>();
    for (JsonNode alert : alerts) {
      JsonNode labels = alert.path("labels");
      lines.add(
          "%s %s %s since %s: %s"
              .formatted(
                  alert.path("status").asText("?"),
                  labels.path("alertname").asText("?"),
                  labels.path("severity").asText("?"),
                  alert.path("startsAt").asText("?"),
                  alert.path("annotations").path("summary").asText("")));
    }
    return lines;
  }
}
