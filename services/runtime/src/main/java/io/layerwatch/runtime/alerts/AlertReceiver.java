package io.layerwatch.runtime.alerts;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.layerwatch.runtime.process.HttpAnswer;
import io.layerwatch.runtime.process.HttpServers;
import io.layerwatch.runtime.process.StartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A webhook that hands on a line for each alert that Alertmanager posts; says that it waits else.
 */
public final class AlertReceiver implements AutoCloseable {

  private static final int LARGEST_MESSAGE = 4 << 20;

  private final HttpServer server;
  private final Consumer<String> out;

  private AlertReceiver(HttpServer server, Consumer<String> out) {
    this.server = server;
    this.out = out;
  }

  /**
   * Starts listening; lines come one at a time.
   *
   * @param port 0 takes a free one
   * @throws StartException when it cannot listen there
   */
  public static AlertReceiver start(String host, int port, Consumer<String> out) {
    try {
      HttpServer server = HttpServers.listening(host, port);
      AlertReceiver receiver = new AlertReceiver(server, out);
      server.createContext("/", receiver::receive);
      server.start();
      return receiver;
    } catch (IOException e) {
      throw new StartException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  private void receive(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      new HttpAnswer(200, HttpAnswer.TEXT, "waiting for alerts\n").send(exchange);
      return;
    }
    byte[] body = exchange.getRequestBody().readNBytes(LARGEST_MESSAGE);
    try {
      AlertLines.of(new String(body, StandardCharsets.UTF_8)).forEach(out);
      new HttpAnswer(200, HttpAnswer.TEXT, "received\n").send(exchange);
    } catch (IOException e) {
      HttpAnswer.error(400, "no message of Alertmanager's: " + e.getMessage()).send(exchange);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
