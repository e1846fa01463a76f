package io.layerwatch.benchmarks.freshness;

import io.layerwatch.benchmarks.Quantiles;
import io.layerwatch.benchmarks.Spread;
import io.layerwatch.benchmarks.capacity.Fleet;
import io.layerwatch.benchmarks.report.BarChart;
import io.layerwatch.benchmarks.report.BarChart.Bar;
import io.layerwatch.benchmarks.report.Json;
import io.layerwatch.benchmarks.report.Machine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The delays as a table, as JSON and as a chart.
 *
 * @param fleet with one instance of each model
 * @param atOnce summaries a second of flushes that follow each other as fast as they are taken
 */
record FreshnessReport(Fleet fleet, Setup setup, List<Double> atOnce, List<Level> levels) {

  String text() {
    StringBuilder text = new StringBuilder();
    Spread rate = Spread.of(atOnce);
    text.append(
        format(
            "%d models of %d layers; windows of %d s, grace %d s; flushes that follow each other"
                + " at once are taken at %,.0f summaries/s (%,.0f–%,.0f) by one scorer thread with"
                + " the fleet beside it. %s; scorer and recommender: java %s.%n%n",
            fleet.models(),
            fleet.layers(),
            setup.window().toSeconds(),
            setup.grace().toSeconds(),
            rate.median(),
            rate.low(),
            rate.high(),
            Machine.describe(),
            String.join(" ", setup.java())));
    text.append(
        "| load | of capacity, summaries/s | flush, ms | summaries/s | instances | from a window's end to its | median, s | p99, s |"
            + " largest, s | samples |\n|---|---|---|---|---|---|---|---|---|---|\n");
    levels.forEach(
        level -> {
          for (Place place : Place.values()) {
            text.append(row(level, place.text(), level.in(place)));
          }
        });
    levels.forEach(
        level ->
            text.append(
                row(
                    level,
                    "(each flush, until all of it is on its topic)",
                    Quantiles.of(level.publishing()))));
    return text.toString();
  }

  private String row(Level level, String what, Quantiles delays) {
    return format(
        "| %.0f %% | %,.0f | %d | %,.0f | %,d | %s | %.2f | %.2f | %.2f | %,d |%n",
        100 * level.share(),
        level.capacity(),
        level.flushMillis(),
        level.summariesPerSecond(),
        level.replicas() * fleet.models(),
        what,
        delays.median(),
        delays.p99(),
        delays.largest(),
        delays.samples());
  }

  void write(Path file) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("java", setup.java());
    all.put("scorer", setup.scorer());
    all.put("fleet", fleet);
    all.put("window", setup.window().toString());
    all.put("grace", setup.grace().toString());
    all.put("atOnce", atOnce);
    all.put("levels", levels);
    Json.write(file, all);
  }

  void draw(Path file) {
    List<Bar> bars = new ArrayList<>();
    for (Level level : levels) {
      for (Place place : Place.values()) {
        Quantiles delays = level.in(place);
        bars.add(
            new Bar(
                format(
                    "%.0f %%, flush %d ms: %s",
                    100 * level.share(), level.flushMillis(), place.text()),
                delays.median(),
                delays.p99()));
      }
    }
    new BarChart(
            format(
                "From a window's end until it shows, median to p99; grace %d s",
                setup.grace().toSeconds()),
            "s",
            bars)
        .write(file);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
