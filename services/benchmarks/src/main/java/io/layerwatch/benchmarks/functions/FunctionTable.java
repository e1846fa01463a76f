package io.layerwatch.benchmarks.functions;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/** Time and allocation of every function, as a table in Markdown. */
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
                    + " MB/s |\n|---|---|---|---|---|\n",
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

  private static double median(RunResult result, String profiled) {
    return result.getSecondaryResults().get(profiled).getStatistics().getPercentile(50);
  }
}
