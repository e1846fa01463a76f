package io.layerwatch.integration;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands in for an instrumentation service: one that works and remembers, or a broken one. */
final class StandInMirror implements AutoCloseable {

  /** What may be wrong with a mirror. */
  enum Fault {
    /** Answers as it should, after two seconds. */
    SLOW,
    /** Answers 500. */
    FAILING,
    /** Takes every connection and request, and never answers. */
    HANGING,
    /** Cuts every connection. */
    CUTTING,
    /** Nobody listens. */
    REFUSING,
    /** Nobody even says that nobody listens, as when the machine is gone. */
    GONE;

    boolean takesConnections() {
      return this != REFUSING && this != GONE;
    }
  }

  /**
   * What a mirror was asked.
   *
   * @param body a character for each byte
   */
  record Asked(String method, String path, Headers headers, String body) {}

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
  private final AtomicInteger reached = new AtomicInteger();
  private final int port;

  private StandInMirror(int port) {
    this.port = port;
  }

  /** One that answers at once. */
  static StandInMirror working() {
    return serving(200, 0);
  }

  static StandInMirror broken(Fault fault) {
    try {
      return switch (fault) {
        case SLOW -> serving(200, 2_000);
        case FAILING -> serving(500, 0);
        case HANGING -> accepting(false);
        case CUTTING -> accepting(true);
        case REFUSING -> new StandInMirror(KafkaCluster.freePorts(1).get(0));
        case GONE -> unreachable();
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  /** How many copies, or connections for them, have come. */
  int reached() {
    return reached.get();
  }

  private static StandInMirror serving(int status, long millis) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
      StandInMirror mirror = new StandInMirror(server.getAddress().getPort());
      mirror.open.add(() -> server.stop(0));
      server.setExecutor(mirror.threads);
      server.createContext("/", exchange -> mirror.answer(exchange, status, millis));
      server.start();
      return mirror;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(HttpExchange exchange, int status, long millis) throws IOException {
    reached.incrementAndGet();
    try (exchange) {
      asked.add(
          new Asked(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders(),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1)));
      TimeUnit.MILLISECONDS.sleep(millis);
      exchange.sendResponseHeaders(status, -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static StandInMirror accepting(boolean cut) throws IOException {
    ServerSocket listening = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    StandInMirror mirror = new StandInMirror(listening.getLocalPort());
    mirror.open.add(listening);
    mirror.threads.execute(
        () -> {
          while (!listening.isClosed()) {
            try {
              Socket socket = listening.accept();
              mirror.open.add(socket);
              mirror.reached.incrementAndGet();
              if (cut) {
                socket.setSoLinger(true, 0);
                socket.close();
              }
            } catch (IOException e) {
              // Closed.
            }
          }
        });
    return mirror;
  }

  /** With nobody to accept, the connections that fill the queue are the last that are answered. */
  private static StandInMirror unreachable() throws IOException {
    ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    StandInMirror mirror = new StandInMirror(listening.getLocalPort());
    mirror.open.add(listening);
    boolean reachable = true;
    while (reachable) {
      Socket socket = new Socket();
      mirror.open.add(socket);
      try {
        socket.connect(listening.getLocalSocketAddress(), 200);
      } catch (SocketTimeoutException e) {
        reachable = false;
      }
    }
    return mirror;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    for (AutoCloseable each : open) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
