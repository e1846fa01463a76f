package io.layerwatch.benchmarks.launch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Metrics of a process, as Prometheus scrapes them. */
public final class MetricsPage {

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI page;

  public MetricsPage(int adminPort) {
    page = URI.create("http://127.0.0.1:" + adminPort + "/metrics");
  }

  /**
   * The lines of one metric.
   *
   * @throws IOException when nobody answers
   */
  public String read(String name) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(page + "?name%5B%5D=" + name)).build();
    try {
      return client.send(request, BodyHandlers.ofString()).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** One sample, with its labels if it has any; 0 while there is none. */
  public double value(String sample) {
    try {
      return read(sample.replaceFirst("\\{.*", ""))
          .lines()
          .filter(line -> line.startsWith(sample + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
          .findFirst()
          .orElse(0);
    } catch (IOException starting) {
      return 0;
    }
  }
}
