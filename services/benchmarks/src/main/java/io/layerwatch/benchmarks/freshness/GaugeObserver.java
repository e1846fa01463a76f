package io.layerwatch.benchmarks.freshness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Scrapes one gauge of the first layer over and over, and notes when a value is first there. */
final class GaugeObserver implements AutoCloseable {

  /** Between two scrapes: what is seen may have been there for that long. */
  static final int PAUSE_MILLIS = 50;

  private static final String GAUGE = "layerwatch_layer_variance";
  private static final Pattern FIRST_LAYER =
      Pattern.compile(
          "^" + GAUGE + "\\{layer=\"0\",model=\"(.*?)\",revision=\"(.*?)\",.*\\} (\\S+)$",
          Pattern.MULTILINE);

  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpRequest request;
  private final Arrivals arrivals;
  private final Thread thread;
  private volatile boolean closing;

  GaugeObserver(URI metrics, Arrivals arrivals) {
    this.arrivals = arrivals;
    request = HttpRequest.newBuilder(URI.create(metrics + "?name%5B%5D=" + GAUGE)).build();
    thread = new Thread(this::run, "scraper");
    thread.start();
  }

  private void run() {
    try {
      while (!closing) {
        String page = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        long now = System.currentTimeMillis();
        Matcher line = FIRST_LAYER.matcher(page);
        while (line.find()) {
          arrivals.seeGauge(
              line.group(1) + "@" + line.group(2), Double.parseDouble(line.group(3)), now);
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (IOException e) {
      throw new IllegalStateException(request.uri() + " cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
