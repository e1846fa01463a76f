package io.layerwatch.instrumentation;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.layerwatch.probe.ProbeSwitch;
import io.layerwatch.probe.SkipReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The probe's switch on the admin port: {@code GET /probe} says {@code on}, {@code off} or {@code
 * failed}; {@code PUT /probe} with {@code on} or {@code off} turns it.
 */
final class ProbeEndpoint implements HttpHandler {

  static final String PATH = "/probe";

  private static final Logger LOG = LoggerFactory.getLogger(ProbeEndpoint.class);
  private static final int LONGEST_ORDER = 16;

  private final ProbeSwitch power;

  ProbeEndpoint(ProbeSwitch power) {
    this.power = power;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      switch (exchange.getRequestMethod()) {
        case "GET" -> answer(exchange, 200, state());
        case "PUT" -> turn(exchange);
        default -> {
          exchange.getResponseHeaders().set("Allow", "GET, PUT");
          answer(exchange, 405, "expected GET or PUT, got " + exchange.getRequestMethod());
        }
      }
    }
  }

  private String state() {
    return power
        .off()
        .map(reason -> reason == SkipReason.SWITCHED_OFF ? "off" : reason.id())
        .orElse("on");
  }

  private void turn(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(LONGEST_ORDER);
    String order = new String(body, StandardCharsets.UTF_8).strip();
    if (!order.equals("on") && !order.equals("off")) {
      answer(exchange, 400, "body: expected on or off, got \"" + order + "\"");
      return;
    }
    power.set(order.equals("on"));
    LOG.info("the probe was switched {}", order);
    answer(exchange, 200, state());
  }

  private static void answer(HttpExchange exchange, int status, String line) throws IOException {
    byte[] body = (line + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
