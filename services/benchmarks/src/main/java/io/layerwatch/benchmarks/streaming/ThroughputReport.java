package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.Spread;
import io.layerwatch.benchmarks.capacity.Pass;
import io.layerwatch.benchmarks.report.BarChart;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What each contender did, round by round.
 *
 * @param passes by number of threads, then by contender
 */
record ThroughputReport(Map<Integer, Map<String, List<Pass>>> passes) {

  String table() {
    StringBuilder table =
        new StringBuilder(
            """
            | threads | | summaries/s | threads' CPU, µs/summary | scorer ÷ this |
            |---|---|---|---|---|
            """);
    passes.forEach(
        (threads, contenders) ->
            contenders.forEach(
                (name, rounds) ->
                    table.append(
                        "| %d | %s | %s | %s | %s |%n"
                            .formatted(
                                threads,
                                name,
                                text("%,.0f", rounds.stream().map(Pass::perSecond).toList()),
                                text("%.2f", rounds.stream().map(Pass::cpuMicros).toList()),
                                text("%.2f", ratios(contenders, rounds))))));
    return table.toString();
  }

  /** Round by round: whatever else the machine did hit both. */
  private static List<Double> ratios(Map<String, List<Pass>> contenders, List<Pass> rounds) {
    List<Pass> scorer = contenders.get(ScorerContender.NAME);
    return IntStream.range(0, rounds.size())
        .mapToObj(round -> scorer.get(round).perSecond() / rounds.get(round).perSecond())
        .toList();
  }

  /** Median, and the middle half. */
  private static String text(String format, List<Double> values) {
    Spread spread = Spread.of(values);
    return String.format(
        Locale.ROOT,
        format + " (" + format + "–" + format + ")",
        spread.median(),
        spread.low(),
        spread.high());
  }

  BarChart chart() {
    List<BarChart.Bar> bars = new ArrayList<>();
    passes.forEach(
        (threads, contenders) ->
            contenders.forEach(
                (name, rounds) -> {
                  double rate =
                      Spread.of(rounds.stream().map(pass -> pass.perSecond() / 1_000).toList())
                          .median();
                  String label = name + (threads == 1 ? "" : ", " + threads + " threads");
                  bars.add(new BarChart.Bar(label, rate, rate));
                }));
    return new BarChart("Summaries a second", "thousand/s", bars);
  }
}
