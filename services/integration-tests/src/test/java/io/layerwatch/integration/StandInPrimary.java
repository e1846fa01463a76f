package io.layerwatch.integration;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Stands in for the server that answers users: every POST gets, after the same time, an answer that
 * tells what was asked, to the byte. {@value #STREAM} streams two events, the second only when told
 * to.
 */
final class StandInPrimary implements AutoCloseable {

  static final String STREAM = "/v1/chat/completions";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final long latencyMillis;
  private final CountDownLatch secondEvent = new CountDownLatch(1);

  StandInPrimary(Duration latency) {
    // The JDK writes head and body apart; with Nagle's algorithm the body of all answers but a
    // connection's first waits for the head's acknowledgement, 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    latencyMillis = latency.toMillis();
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.createContext(STREAM, this::stream);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** What that body is answered with. */
  static String answerTo(byte[] body) {
    try {
      String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
      return "{\"object\": \"text_completion\", \"digest\": \"" + digest + "\"}\n";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  void sendSecondEvent() {
    secondEvent.countDown();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] answer =
          answerTo(exchange.getRequestBody().readAllBytes()).getBytes(StandardCharsets.UTF_8);
      TimeUnit.MILLISECONDS.sleep(latencyMillis);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stream(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      OutputStream events = exchange.getResponseBody();
      events.write("data: first\n\n".getBytes(StandardCharsets.UTF_8));
      events.flush();
      secondEvent.await();
      events.write("data: second\n\n".getBytes(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
