package io.layerwatch.benchmarks.startup;

import io.layerwatch.benchmarks.Spread;
import io.layerwatch.benchmarks.report.BarChart;
import io.layerwatch.benchmarks.report.BarChart.Bar;
import io.layerwatch.benchmarks.report.Json;
import io.layerwatch.benchmarks.report.Machine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Starts as a table, as JSON and as a chart.
 *
 * @param starts by what was started, then by variant, one a round
 */
record StartUpReport(Map<String, Map<String, List<Start>>> starts) {

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(Machine.describe()).append(".\n\n");
    text.append("| started | | ready, s | first output, s | slowest, s | starts |\n");
    text.append("|---|---|---|---|---|---|\n");
    starts.forEach(
        (name, variants) ->
            variants.forEach(
                (variant, each) ->
                    text.append(
                        format(
                            "| %s | %s | %s | %s | %.1f | %d |%n",
                            name,
                            variant,
                            spread(each, Start::readySeconds).text(1),
                            spread(each, Start::outputSeconds).text(1),
                            each.stream().mapToDouble(Start::outputSeconds).max().orElseThrow(),
                            each.size()))));
    return text.toString();
  }

  private static Spread spread(List<Start> each, ToDoubleFunction<Start> value) {
    return Spread.of(each.stream().map(value::applyAsDouble).toList());
  }

  void write(Path file) {
    Json.write(file, Map.of("starts", starts));
  }

  void draw(Path file) {
    List<Bar> bars = new ArrayList<>();
    starts.forEach(
        (name, variants) ->
            variants.forEach(
                (variant, each) -> {
                  Spread output = spread(each, Start::outputSeconds);
                  bars.add(new Bar(name + ", " + variant, output.median(), output.high()));
                }));
    new BarChart("From the start of java to the first output, median to upper quartile", "s", bars)
        .write(file);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
