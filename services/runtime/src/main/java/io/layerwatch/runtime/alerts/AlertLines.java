package io.layerwatch.runtime.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Alertmanager's webhook message, version 4, as a line for each alert. */
final class AlertLines {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Characters that a terminal obeys or does not show, and ends of lines. */
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private AlertLines() {}

  /**
   * Such as {@code firing LayerScoreDrift warning since 2026-01-01T00:00:00Z: demo: avss of layer 3
   * has left its baseline. block-output above; see https://…/LayerScoreDrift.md}.
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
      JsonNode annotations = alert.path("annotations");
      lines.add(
          "%s %s %s since %s: %s%s%s"
              .formatted(
                  text(alert.path("status"), "?"),
                  text(labels.path("alertname"), "?"),
                  text(labels.path("severity"), "?"),
                  text(alert.path("startsAt"), "?"),
                  text(annotations.path("summary"), ""),
                  after(". ", text(annotations.path("description"), "").strip()),
                  after("; see ", text(annotations.path("runbook_url"), ""))));
    }
    return lines;
  }

  private static String after(String separator, String text) {
    return text.isEmpty() ? "" : separator + text;
  }

  /** Whoever may post may not move a terminal's cursor, nor make lines of their own. */
  private static String text(JsonNode node, String otherwise) {
    return CONTROL.matcher(node.asText(otherwise)).replaceAll("\uFFFD");
  }
}
