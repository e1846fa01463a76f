package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.Spread;
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

  private final Map<Integer, Map<Contenders, List<Worked>>> passes = new TreeMap<>();

  void add(int threads, Contenders contender, Worked worked) {
    passes
        .computeIfAbsent(threads, unknown -> new EnumMap<>(Contenders.class))
        .computeIfAbsent(contender, unknown -> new ArrayList<>())
        .add(worked);
  }

  /** By number of threads and contender, one a round. */
  Map<Integer, Map<Contenders, List<Worked>>> passes() {
    return passes;
  }

  String table() {
    StringBuilder table =
        new StringBuilder(
            """
            | %s | | summaries/s | scorer ÷ this | CPU of its process, µs/summary | then until its scores can be read, s |
            |---|---|---|---|---|---|
            """
                .formatted(resource()));
    passes.forEach(
        (threads, contenders) ->
            contenders.forEach(
                (contender, rounds) ->
                    table.append(
                        "| %d | %s | %s | %s | %s | %s |%n"
                            .formatted(
                                threads,
                                contender.title(),
                                text("%,.0f", rates(rounds)),
                                ratios(contenders, rounds),
                                text(
                                    "%.2f",
                                    rounds.stream().map(each -> each.pass().cpuMicros()).toList()),
                                tail(contender, rounds)))));
    return table.toString();
  }

  private static String tail(Contenders contender, List<Worked> rounds) {
    return contender.output() == Contenders.Output.NONE
        ? ""
        : text("%.2f", rounds.stream().map(Worked::secondsToScores).toList());
  }

  /** What contenders get as many of as they are asked for. */
  private static String resource() {
    return Cores.canPin() ? "cores" : "threads";
  }

  private static List<Double> rates(List<Worked> rounds) {
    return rounds.stream().map(Worked::perSecond).toList();
  }

  /** Round by round: whatever else the machine did hit both. */
  private static String ratios(Map<Contenders, List<Worked>> contenders, List<Worked> rounds) {
    List<Worked> scorer = contenders.get(Contenders.SCORER);
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
                          "%s, %s: %d".formatted(contender.title(), resource(), threads),
                          thousands.median(),
                          thousands.high()));
                }));
    return new BarChart("Summaries a second", "thousand/s", bars);
  }
}
