package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.Spread;
import io.layerwatch.benchmarks.capacity.Pass;
import io.layerwatch.benchmarks.report.BarChart;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
                                Spread.of(rates(rounds)).text(0),
                                ratios(contenders, rounds),
                                Spread.of(passes(rounds).stream().map(Pass::cpuMicros).toList())
                                    .text(2),
                                tail(contender, rounds)))));
    return table.toString();
  }

  private static String tail(Contenders contender, List<Worked> rounds) {
    return contender.output() == Contenders.Output.NONE
        ? ""
        : Spread.of(rounds.stream().map(Worked::secondsToScores).toList()).text(2);
  }

  /** What contenders get as many of as they are asked for. */
  private static String resource() {
    return Cores.canPin() ? "cores" : "threads";
  }

  private static List<Double> rates(List<Worked> rounds) {
    return passes(rounds).stream().map(Pass::perSecond).toList();
  }

  private static String ratios(Map<Contenders, List<Worked>> contenders, List<Worked> rounds) {
    List<Worked> scorer = contenders.get(Contenders.SCORER);
    if (scorer == null) {
      return "";
    }
    return Spread.of(Pass.ratios(passes(scorer), passes(rounds))).text(2);
  }

  private static List<Pass> passes(List<Worked> rounds) {
    return rounds.stream().map(Worked::pass).toList();
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
    return new BarChart("Summaries a second, median to upper quartile", "thousand/s", bars);
  }
}
