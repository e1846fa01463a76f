package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.Spread;
import io.layerwatch.benchmarks.capacity.Pass;
import io.layerwatch.benchmarks.report.BarChart;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What each contender did, round by round. */
final class ThroughputReport {

  private final Map<Integer, Map<Contenders, List<Pass>>> passes = new TreeMap<>();

  void add(int threads, Contenders contender, Pass pass) {
    passes
        .computeIfAbsent(threads, unknown -> new EnumMap<>(Contenders.class))
        .computeIfAbsent(contender, unknown -> new ArrayList<>())
        .add(pass);
  }

  /** By number of threads and contender, one a round. */
  Map<Integer, Map<Contenders, List<Pass>>> passes() {
    return passes;
  }

  String table() {
    StringBuilder table =
        new StringBuilder(
            """
            | cores | | summaries/s | scorer ÷ this | CPU of its process, µs/summary |
            |---|---|---|---|---|
            """);
    passes.forEach(
        (threads, contenders) ->
            contenders.forEach(
                (contender, rounds) ->
                    table.append(
                        "| %d | %s | %s | %s | %s |%n"
                            .formatted(
                                threads,
                                contender.title(),
                                text("%,.0f", rates(rounds)),
                                ratios(contenders, rounds),
                                text("%.2f", rounds.stream().map(Pass::cpuMicros).toList())))));
    return table.toString();
  }

  private static List<Double> rates(List<Pass> rounds) {
    return rounds.stream().map(Pass::perSecond).toList();
  }

  /** Round by round: whatever else the machine did hit both. */
  private static String ratios(Map<Contenders, List<Pass>> contenders, List<Pass> rounds) {
    List<Pass> scorer = contenders.get(Contenders.SCORER);
    if (scorer == null) {
      return "";
    }
    return text(
        "%.2f",
        IntStream.range(0, rounds.size())
            .mapToObj(round -> scorer.get(round).perSecond() / rounds.get(round).perSecond())
            .toList());
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

  /** Medians, each with the quarter of the rounds above it as a line. */
  BarChart chart() {
    List<BarChart.Bar> bars = new ArrayList<>();
    passes.forEach(
        (threads, contenders) ->
            contenders.forEach(
                (contender, rounds) -> {
                  Spread thousands =
                      Spread.of(rates(rounds).stream().map(rate -> rate / 1_000).toList());
                  bars.add(
                      new BarChart.Bar(
                          "%s, %d core%s"
                              .formatted(contender.title(), threads, threads == 1 ? "" : "s"),
                          thousands.median(),
                          thousands.high()));
                }));
    return new BarChart("Summaries a second", "thousand/s", bars);
  }
}
