package io.layerwatch.runtime.process;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Port;
import io.layerwatch.runtime.settings.Settings;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Serves {@code /metrics}, {@code /healthz} (alive, or what failed for good) and {@code /readyz}
 * (ready, or why not).
 */
public final class AdminServer implements AutoCloseable {

  private static final int THREADS = 8;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Set<String> paths = new ConcurrentSkipListSet<>();

  private AdminServer(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Starts serving.
   *
   * @throws StartException in one sentence, when it cannot listen there
   */
  public static AdminServer start(
      String host, Port port, PrometheusRegistry metrics, Health health) {
    try {
      HttpServer server = port.bind(number -> HttpServers.listening(host, number));
      ExecutorService threads =
          Executors.newFixedThreadPool(
              THREADS,
              task -> {
                Thread thread = new Thread(task, "layerwatch-admin");
                thread.setDaemon(true);
                return thread;
              });
      server.setExecutor(threads);
      AdminServer admin = new AdminServer(server, threads);
      admin.serve("/metrics", new MetricsHandler(metrics));
      admin.serve("/healthz", exchange -> alive(exchange, health));
      admin.serve("/readyz", exchange -> ready(exchange, health));
      // All that is no other context's.
      server.createContext("/", admin::refuse);
      server.start();
      return admin;
    } catch (IOException e) {
      throw new StartException(
          "admin.port: cannot listen on " + host + ":" + port.number() + ": " + e.getMessage(), e);
    }
  }

  /** Starts serving where the settings say. */
  public static AdminServer of(Settings settings, PrometheusRegistry metrics, Health health) {
    return start(
        settings.text(CommonSettings.ADMIN_HOST),
        settings.port(CommonSettings.ADMIN_PORT),
        metrics,
        health);
  }

  /** Serves one more path, on the server's few threads. */
  public void serve(String path, HttpHandler handler) {
    server.createContext(path, handler);
    paths.add(path);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void refuse(HttpExchange exchange) throws IOException {
    String known = String.join(", ", paths);
    answer(
        exchange,
        404,
        "expected one of " + known + ", got " + exchange.getRequestURI().getPath() + "\n");
  }

  private static void alive(HttpExchange exchange, Health health) throws IOException {
    var failure = health.failure();
    answer(exchange, failure.isEmpty() ? 200 : 503, failure.orElse("alive") + "\n");
  }

  private static void ready(HttpExchange exchange, Health health) throws IOException {
    Map<String, String> problems = health.problems();
    if (problems.isEmpty()) {
      answer(exchange, 200, "ready\n");
    } else {
      answer(
          exchange,
          503,
          problems.entrySet().stream()
              .map(problem -> problem.getKey() + ": " + problem.getValue() + "\n")
              .collect(Collectors.joining()));
    }
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
