package io.layerwatch.benchmarks.freshness;

import io.layerwatch.benchmarks.launch.MetricsPage;
import java.io.IOException;
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

  private final MetricsPage page;
  private final Arrivals arrivals;
  private final Thread thread;
  private volatile boolean closing;

  GaugeObserver(MetricsPage page, Arrivals arrivals) {
    this.page = page;
    this.arrivals = arrivals;
    thread = new Thread(this::run, "scraper");
    thread.start();
  }

  private void run() {
    try {
      while (!closing) {
        String gauges = page.read(GAUGE);
        long now = System.currentTimeMillis();
        Matcher line = FIRST_LAYER.matcher(gauges);
        while (line.find()) {
          arrivals.seeGauge(
              line.group(1) + "@" + line.group(2), Double.parseDouble(line.group(3)), now);
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (IOException e) {
      throw new IllegalStateException(GAUGE + " cannot be read", e);
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
