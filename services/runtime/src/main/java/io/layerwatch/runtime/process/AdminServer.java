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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Serves {@code /metrics}, {@code /healthz} (alive, or what failed for good) and {@code /readyz}
 * (ready, or why not). Any other path is not found, in JSON, which names those that are served.
 */
public final class AdminServer implements AutoCloseable {

  private static final int THREADS = 8;

  private final Set<String> paths = new ConcurrentSkipListSet<>();
  private final Map<String, HttpHandler> open = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final ExecutorService threads;

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
      server.createContext("/", admin::openOrNotFound);
      admin.serve("/metrics", new MetricsHandler(metrics));
      admin.serve("/healthz", exchange -> alive(health).send(exchange));
      admin.serve("/readyz", exchange -> ready(health).send(exchange));
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

  /** Serves one more path, and what is below it, on the server's few threads. */
  public void serve(String path, HttpHandler handler) {
    paths.add(path);
    server.createContext(
        path,
        exchange -> {
          // The server hands on whatever begins like the path.
          String asked = exchange.getRequestURI().getRawPath();
          if (asked.equals(path) || asked.startsWith(path + "/")) {
            handler.handle(exchange);
          } else {
            notFound(exchange);
          }
        });
  }

  /** Serves one path, and nothing below it, to anybody: something that holds no data. */
  public void serveOpen(String path, HttpHandler handler) {
    paths.add(path);
    open.put(path, handler);
  }

  private void openOrNotFound(HttpExchange exchange) throws IOException {
    open.getOrDefault(exchange.getRequestURI().getRawPath(), this::notFound).handle(exchange);
  }

  private void notFound(HttpExchange exchange) throws IOException {
    HttpAnswer.notFound(
            exchange.getRequestURI().getRawPath() + " is not served here", "paths", paths)
        .send(exchange);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private static HttpAnswer alive(Health health) {
    var failure = health.failure();
    return new HttpAnswer(
        failure.isEmpty() ? 200 : 503, HttpAnswer.TEXT, failure.orElse("alive") + "\n");
  }

  private static HttpAnswer ready(Health health) {
    Map<String, String> problems = health.problems();
    return problems.isEmpty()
        ? new HttpAnswer(200, HttpAnswer.TEXT, "ready\n")
        : new HttpAnswer(
            503,
            HttpAnswer.TEXT,
            problems.entrySet().stream()
                .map(problem -> problem.getKey() + ": " + problem.getValue() + "\n")
                .collect(Collectors.joining()));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
