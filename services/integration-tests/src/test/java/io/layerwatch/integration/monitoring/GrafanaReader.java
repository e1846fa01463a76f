package io.layerwatch.integration.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Asks Prometheus what a dashboard asks, as Grafana does: of each variable the first value is
 * chosen, or all where that can be, and what is chosen is put into the queries after it. A zero for
 * want of series is no answer.
 *
 * @param start of the time that is looked at
 * @param moments at which last values are asked for, the last being the end of that time
 */
record GrafanaReader(PrometheusServer prometheus, Instant start, List<Instant> moments) {

  private static final int DESCENDING = 2;
  private static final String OR_ZERO = " or vector(0)";
  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.+), (\\w+)\\)");

  /** As Grafana has them for a Prometheus that scrapes every 15 seconds. */
  private static final Map<String, String> INTERVALS =
      Map.of("__rate_interval", "1m", "__interval", "15s", "__range", "1h");

  /** Variables and queries without an answer. */
  List<String> unanswered(GrafanaDashboard dashboard) throws IOException, InterruptedException {
    List<String> unanswered = new ArrayList<>();
    Map<String, String> chosen = new LinkedHashMap<>(INTERVALS);
    for (JsonNode variable : dashboard.variables()) {
      String name = variable.path("name").asText();
      String query = put(chosen, variable.path("query").path("query").asText());
      List<String> values = values(query, variable.path("sort").asInt());
      if (values.isEmpty()) {
        unanswered.add(dashboard.name() + " variable " + name + ": " + query);
      }
      chosen.put(name, choice(values, variable.path("includeAll").asBoolean()));
    }
    for (GrafanaDashboard.Query query : dashboard.queries()) {
      String expression = put(chosen, query.expression()).replace(OR_ZERO, "");
      if (!hasAnswer(expression, query.instant())) {
        unanswered.add(dashboard.name() + " " + query.place() + ": " + expression);
      }
    }
    return unanswered;
  }

  private List<String> values(String query, int sort) throws IOException, InterruptedException {
    Matcher labelValues = LABEL_VALUES.matcher(query);
    if (!labelValues.matches()) {
      throw new IllegalArgumentException("expected label_values(series, label), got " + query);
    }
    JsonNode answer =
        prometheus.get(
            "/api/v1/label/" + labelValues.group(2) + "/values",
            Map.of("match[]", labelValues.group(1), "start", "" + start, "end", "" + end()));
    List<String> values = new ArrayList<>();
    answer.forEach(value -> values.add(value.asText()));
    if (sort == DESCENDING) {
      Collections.reverse(values);
    }
    return values;
  }

  /** All as Grafana writes it for Prometheus: an alternative of the values as they are. */
  private static String choice(List<String> values, boolean all) {
    return all
        ? values.stream()
            .map(value -> value.replaceAll("[.*+?^${}()|\\[\\]\\\\]", "\\\\\\\\$0"))
            .collect(Collectors.joining("|", "(", ")"))
        : values.stream().findFirst().orElse("");
  }

  private static String put(Map<String, String> chosen, String text) {
    return Pattern.compile("\\$(\\w+)")
        .matcher(text)
        .replaceAll(
            variable -> Matcher.quoteReplacement(chosen.getOrDefault(variable.group(1), "?")));
  }

  private boolean hasAnswer(String expression, boolean instant)
      throws IOException, InterruptedException {
    if (!instant) {
      return hasNumber(
          prometheus.get(
              "/api/v1/query_range",
              Map.of("query", expression, "start", "" + start, "end", "" + end(), "step", "1")));
    }
    for (Instant moment : moments) {
      if (hasNumber(
          prometheus.get("/api/v1/query", Map.of("query", expression, "time", "" + moment)))) {
        return true;
      }
    }
    return false;
  }

  /** A series that is NaN throughout is as good as none. */
  private static boolean hasNumber(JsonNode data) {
    for (JsonNode series : data.path("result")) {
      if (isNumber(series.path("value"))) {
        return true;
      }
      for (JsonNode sample : series.path("values")) {
        if (isNumber(sample)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isNumber(JsonNode sample) {
    return sample.has(1) && Double.isFinite(Double.parseDouble(finite(sample.get(1).asText())));
  }

  /** Prometheus writes +Inf. */
  private static String finite(String value) {
    return value.endsWith("Inf") ? "NaN" : value;
  }

  private Instant end() {
    return moments.get(moments.size() - 1);
  }
}
