package io.layerwatch.runtime.process;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.layerwatch.runtime.security.EndpointSecurity;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Port;
import io.layerwatch.runtime.settings.Settings;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /metrics}, {@code /healthz} (alive, or what failed for good) and {@code /readyz}
 * (ready, or why not). Any other path is not found, in JSON, which names those that are served.
 *
 * <p>Where the settings name tokens, a request without one is told so, in JSON, except for health,
 * which says nothing of models and which orchestrators ask for.
 */
public final class AdminServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  /** A client that stalls in its request or its handshake takes one for up to 30 seconds. */
  private static final int THREADS_AT_MOST = 64;

  private static final int IDLE_SECONDS = 30;

  private final Set<String> paths = new ConcurrentSkipListSet<>();
  private final Map<String, HttpHandler> open = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final ExecutorService threads;
  private final EndpointSecurity security;
  private final Runnable refused;

  private AdminServer(
      HttpServer server, ExecutorService threads, EndpointSecurity security, Runnable refused) {
    this.server = server;
    this.threads = threads;
    this.security = security;
    this.refused = refused;
  }

  /** Starts serving anybody, over HTTP. */
  public static AdminServer start(
      String host, Port port, PrometheusRegistry metrics, Health health) {
    return start(host, port, EndpointSecurity.NONE, metrics, health);
  }

  /**
   * Starts serving.
   *
   * @param security is closed with the server
   * @throws StartException in one sentence, when it cannot listen there
   */
  public static AdminServer start(
      String host,
      Port port,
      EndpointSecurity security,
      PrometheusRegistry metrics,
      Health health) {
    try {
      HttpServer server = port.bind(number -> listening(host, number, security));
      ExecutorService threads = threads();
      server.setExecutor(threads);
      AdminServer admin =
          new AdminServer(server, threads, security, AdminMetrics.refused(security, metrics));
      AdminMetrics.showCertificate(security, metrics);
      server.createContext("/", admin::openOrNotFound);
      admin.serve("/metrics", new MetricsHandler(metrics));
      admin.serveOpen("/healthz", exchange -> alive(health).send(exchange));
      admin.serveOpen("/readyz", exchange -> ready(health).send(exchange));
      security
          .outOfTime()
          .ifPresent(
              why -> LOG.warn("{}: the certificate {}", CommonSettings.TLS_CERTIFICATE, why));
      security.watch();
      server.start();
      return admin;
    } catch (IOException e) {
      throw new StartException(
          "admin.port: cannot listen on " + host + ":" + port.number() + ": " + e.getMessage(), e);
    }
  }

  /** Made as they are needed, and ended when they are not. */
  private static ExecutorService threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS_AT_MOST,
            THREADS_AT_MOST,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "layerwatch-admin");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  private static HttpServer listening(String host, int port, EndpointSecurity security)
      throws IOException {
    return security.tls().isPresent()
        ? HttpServers.listening(host, port, security.tls().get())
        : HttpServers.listening(host, port);
  }

  /** Starts serving where and whom the settings say. */
  public static AdminServer of(Settings settings, PrometheusRegistry metrics, Health health) {
    return start(
        settings.text(CommonSettings.ADMIN_HOST),
        settings.port(CommonSettings.ADMIN_PORT),
        security(settings),
        metrics,
        health);
  }

  /**
   * What guards the admin port by these settings.
   *
   * @throws io.layerwatch.runtime.settings.InvalidSettingsException when its files are no good
   */
  public static EndpointSecurity security(Settings settings) {
    return EndpointSecurity.of(settings, CommonSettings.ADMIN_TOKEN_FILE);
  }

  /** Serves one more path, and what is below it, on the server's threads. */
  public void serve(String path, HttpHandler handler) {
    paths.add(path);
    server.createContext(
        path,
        exchange -> {
          // The server hands on whatever begins like the path.
          String asked = exchange.getRequestURI().getRawPath();
          admit(
              exchange,
              asked.equals(path) || asked.startsWith(path + "/") ? handler : this::notFound);
        });
  }

  /** Serves one path, and nothing below it, to anybody: something that holds no data. */
  public void serveOpen(String path, HttpHandler handler) {
    paths.add(path);
    open.put(path, handler);
  }

  private void openOrNotFound(HttpExchange exchange) throws IOException {
    HttpHandler handler = open.get(exchange.getRequestURI().getRawPath());
    if (handler != null) {
      handler.handle(exchange);
    } else {
      admit(exchange, this::notFound);
    }
  }

  private void admit(HttpExchange exchange, HttpHandler handler) throws IOException {
    if (security.admits(
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")))) {
      handler.handle(exchange);
      return;
    }
    refused.run();
    exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
    HttpAnswer.error(401, "Authorization: expected Bearer and a token of this server")
        .send(exchange);
  }

  private void notFound(HttpExchange exchange) throws IOException {
    HttpAnswer.notFound(
            exchange.getRequestURI().getRawPath() + " is not served here", "paths", paths)
        .send(exchange);
  }

  /** {@code http} or {@code https}. */
  public String scheme() {
    return security.scheme();
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
    security.close();
  }
}
