package io.layerwatch.integration.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Where Alertmanager's messages arrive, on a free port of all addresses. */
public final class Webhook implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<JsonNode> alerts = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  /** Starts listening. */
  public Webhook() throws IOException {
    server = HttpServer.create(new InetSocketAddress(0), 0);
    server.createContext("/", this::receive);
    server.start();
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      JSON.readTree(exchange.getRequestBody()).path("alerts").forEach(alerts::add);
      exchange.sendResponseHeaders(200, -1);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Alerts as they arrived, oldest first; one that lasts may arrive several times. */
  List<JsonNode> alerts() {
    return List.copyOf(alerts);
  }

  /** As a container reaches it. */
  public String address() {
    return "http://" + Containers.THIS_MACHINE + ":" + port() + "/";
  }

  /** Alerts of that name that arrived as firing. */
  public List<JsonNode> firing(String alert) {
    return named(alert).filter(each -> each.path("status").asText().equals("firing")).toList();
  }

  /** The last that arrived of an alert with those labels. */
  Optional<JsonNode> last(String alert, Map<String, String> labels) {
    return named(alert)
        .filter(
            each ->
                labels.entrySet().stream()
                    .allMatch(
                        label ->
                            each.path("labels")
                                .path(label.getKey())
                                .asText()
                                .equals(label.getValue())))
        .reduce((earlier, later) -> later);
  }

  private Stream<JsonNode> named(String alert) {
    return alerts.stream()
        .filter(each -> each.path("labels").path("alertname").asText().equals(alert));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
