package io.layerwatch.runtime.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;

/**
 * What a server on the admin port answers.
 *
 * @param type the media type of the body
 */
public record HttpAnswer(int status, String type, String body) {

  public static final String TEXT = "text/plain; charset=utf-8";
  public static final String JSON = "application/json";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Says in one sentence, as JSON, why there is nothing else: {@code {"error": "..."}}. */
  public static HttpAnswer error(int status, String sentence) {
    return json(status, MAPPER.createObjectNode().put("error", sentence));
  }

  /** What was asked for is not there, but this is; {@code kind} says what. */
  public static HttpAnswer notFound(String sentence, String kind, Collection<String> known) {
    ObjectNode body = MAPPER.createObjectNode().put("error", sentence);
    known.forEach(body.putArray(kind)::add);
    return json(404, body);
  }

  /** What anything but GET and HEAD is refused with, beside the header that says so. */
  public static Optional<HttpAnswer> unlessGet(HttpExchange exchange) {
    if (exchange.getRequestMethod().equals("GET") || isHead(exchange)) {
      return Optional.empty();
    }
    exchange.getResponseHeaders().set("Allow", "GET, HEAD");
    return Optional.of(error(405, "expected GET, got " + exchange.getRequestMethod()));
  }

  private static HttpAnswer json(int status, ObjectNode body) {
    return new HttpAnswer(status, JSON, body + "\n");
  }

  private static boolean isHead(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("HEAD");
  }

  /** Sends it, to HEAD without the body, which ends the exchange. */
  public void send(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      if (isHead(exchange)) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
        exchange.sendResponseHeaders(status, -1);
        return;
      }
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
