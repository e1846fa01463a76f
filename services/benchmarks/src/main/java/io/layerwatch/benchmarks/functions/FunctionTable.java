package io.layerwatch.benchmarks.functions;

import io.layerwatch.benchmarks.report.BarChart;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/** Time and allocation of every function, as a table in Markdown, and as a chart. */
final class FunctionTable {

  private static final String ALLOCATED = "gc.alloc.rate.norm";
  private static final String RATE = "gc.alloc.rate";

  private FunctionTable() {}

  static String of(List<RunResult> results) {
    return results.stream()
        .map(FunctionTable::row)
        .collect(
            Collectors.joining(
                "",
                "| function | time, ns, median | middle half | allocated, bytes | while it runs,"
                    + " MiB/s |\n|---|---|---|---|---|\n",
                ""));
  }

  private static String row(RunResult result) {
    Statistics time = result.getPrimaryResult().getStatistics();
    return String.format(
        Locale.ROOT,
        "| %s | %,.0f | %,.0f–%,.0f | %,.0f | %,.0f |%n",
        result.getPrimaryResult().getLabel(),
        time.getPercentile(50),
        time.getPercentile(25),
        time.getPercentile(75),
        median(result, ALLOCATED),
        median(result, RATE));
  }

  /** Medians, each with the quarter above it as a line. */
  static BarChart chart(List<RunResult> results) {
    return new BarChart(
        "One call of each function, median to upper quartile",
        "ns",
        results.stream().map(FunctionTable::bar).toList());
  }

  private static BarChart.Bar bar(RunResult result) {
    Statistics time = result.getPrimaryResult().getStatistics();
    return new BarChart.Bar(
        result.getPrimaryResult().getLabel(), time.getPercentile(50), time.getPercentile(75));
  }

  private static double median(RunResult result, String profiled) {
    return result.getSecondaryResults().get(profiled).getStatistics().getPercentile(50);
  }
}
