package io.layerwatch.integration;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.layerwatch.runtime.testing.TestAuthority;
import io.layerwatch.standalone.registry.SchemaRegistryServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The real registry behind a server that asks for TLS, and for a user and a password. */
final class GuardedRegistry implements AutoCloseable {

  static final String USER = "registry-user";

  private final SchemaRegistryServer registry = SchemaRegistryServer.start();
  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final HttpsServer front;

  GuardedRegistry(TestAuthority authority, String password) throws IOException {
    front = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    front.setHttpsConfigurator(new HttpsConfigurator(authority.issue().context()));
    front.setExecutor(threads);
    front
        .createContext("/", this::forward)
        .setAuthenticator(
            new BasicAuthenticator("registry") {
              @Override
              public boolean checkCredentials(String user, String given) {
                return user.equals(USER) && given.equals(password);
              }
            });
    front.start();
  }

  private void forward(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(registry.url() + exchange.getRequestURI()))
              .method(
                  exchange.getRequestMethod(),
                  BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()))
              .build();
      HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
      exchange
          .getResponseHeaders()
          .set("Content-Type", answer.headers().firstValue("Content-Type").orElse(""));
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String url() {
    return "https://127.0.0.1:" + front.getAddress().getPort();
  }

  @Override
  public void close() {
    front.stop(0);
    threads.shutdownNow();
    registry.close();
  }
}
