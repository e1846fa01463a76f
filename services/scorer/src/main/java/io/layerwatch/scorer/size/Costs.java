package io.layerwatch.scorer.size;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Properties;

/**
 * What scoring costs, as {@code services/benchmarks/run scorer-growth --costs FILE} measured it and
 * wrote it down. A key is one (model, site, layer), a source one (model, site, layer, instance).
 *
 * @param machine that measured
 * @param summariesPerSecond of one thread, at the size at which it was slowest
 * @param cpuMicrosPerSummary of that thread, at the size at which it was most
 * @param closingMicrosPerKey how long a task reads nothing while a window closes, for each key
 * @param closingMicrosPerSource and for each source
 * @param heapBytesPerOpenEntry for each source in each open window
 * @param heapBytesPerTrack for each source of which a window has closed
 * @param heapBytesPerKey for each key beside its sources: metric series, drift
 * @param heapBytesOfProcess without state
 * @param bytesBesideHeap of memory that is not live objects
 * @param restartSeconds of a process without state, until its first summary
 * @param restartBytesPerSecond by which the changelog is read beyond that
 */
public record Costs(
    String machine,
    double summariesPerSecond,
    double cpuMicrosPerSummary,
    double closingMicrosPerKey,
    double closingMicrosPerSource,
    double heapBytesPerOpenEntry,
    double heapBytesPerTrack,
    double heapBytesPerKey,
    double heapBytesOfProcess,
    double bytesBesideHeap,
    double restartSeconds,
    double restartBytesPerSecond) {

  private static final String FILE = "costs.properties";
  private static final String HEAD =
      "# Written by: services/benchmarks/run scorer-growth --costs FILE\n";

  /** Those that this release was measured to have. */
  public static Costs measured() {
    Properties properties = new Properties();
    try (InputStream in = Costs.class.getResourceAsStream(FILE)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
    return of(properties);
  }

  static Costs of(Properties properties) {
    return new Costs(
        properties.getProperty("machine"),
        number(properties, "summariesPerSecond"),
        number(properties, "cpuMicrosPerSummary"),
        number(properties, "closingMicrosPerKey"),
        number(properties, "closingMicrosPerSource"),
        number(properties, "heapBytesPerOpenEntry"),
        number(properties, "heapBytesPerTrack"),
        number(properties, "heapBytesPerKey"),
        number(properties, "heapBytesOfProcess"),
        number(properties, "bytesBesideHeap"),
        number(properties, "restartSeconds"),
        number(properties, "restartBytesPerSecond"));
  }

  private static double number(Properties properties, String key) {
    return Double.parseDouble(properties.getProperty(key));
  }

  /** The file that holds them. */
  public String text() {
    StringBuilder text = new StringBuilder(HEAD);
    for (RecordComponent component : Costs.class.getRecordComponents()) {
      text.append(component.getName()).append('=').append(value(component)).append('\n');
    }
    return text.toString();
  }

  private String value(RecordComponent component) {
    try {
      Object value = component.getAccessor().invoke(this);
      return value instanceof Double number
          ? String.format(Locale.ROOT, number < 1_000 ? "%.2f" : "%.0f", number)
          : value.toString();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }
}
