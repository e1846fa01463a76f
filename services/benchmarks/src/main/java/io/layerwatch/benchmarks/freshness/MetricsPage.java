package io.layerwatch.benchmarks.freshness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Metrics of a service, as Prometheus scrapes them. */
final class MetricsPage {

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI page;

  MetricsPage(int adminPort) {
    page = URI.create("http://127.0.0.1:" + adminPort + "/metrics");
  }

  /** The lines of one metric. */
  String read(String name) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(page + "?name%5B%5D=" + name)).build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new IllegalStateException(request.uri() + " cannot be read", e);
    }
  }
}
