package io.layerwatch.integration.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Where Alertmanager posts alerts, on every address of this machine, as containers reach it. */
final class Webhook implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<JsonNode> messages = new CopyOnWriteArrayList<>();

  Webhook() {
    try {
      server = HttpServer.create(new InetSocketAddress(0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            messages.add(JSON.readTree(exchange.getRequestBody()));
            exchange.sendResponseHeaders(200, -1);
          }
        });
    server.start();
  }

  /** As a container reaches it. */
  String address() {
    return "http://host.docker.internal:" + server.getAddress().getPort() + "/";
  }

  /** Alerts of that name that are firing, of all messages so far. */
  List<JsonNode> firing(String alert) {
    return messages.stream()
        .filter(message -> message.path("groupLabels").path("alertname").asText().equals(alert))
        .flatMap(message -> stream(message.path("alerts")))
        .filter(each -> each.path("status").asText().equals("firing"))
        .toList();
  }

  private static java.util.stream.Stream<JsonNode> stream(JsonNode array) {
    return java.util.stream.StreamSupport.stream(array.spliterator(), false);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
