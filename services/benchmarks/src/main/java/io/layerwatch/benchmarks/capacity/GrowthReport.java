package io.layerwatch.benchmarks.capacity;

import io.layerwatch.benchmarks.Spread;
import io.layerwatch.benchmarks.report.LineChart;
import io.layerwatch.benchmarks.report.LinearFit;
import io.layerwatch.benchmarks.report.Machine;
import io.layerwatch.scorer.size.Costs;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The figures as tables, charts, and costs for the calculator.
 *
 * @param keys the state while keys are added, each with one replica
 * @param replicas the state while replicas are added
 */
record GrowthReport(
    List<GrowthRates.Result> rates, List<GrowthState.Step> keys, List<GrowthState.Step> replicas) {

  private static final double MEBI = 1 << 20;

  String text() {
    return title()
        + table(rates)
        + table(GrowthPoint.KEYS, keys)
        + table(GrowthPoint.REPLICAS, replicas)
        + restartSentence();
  }

  static String title() {
    return format("%s.%n%n", Machine.describe());
  }

  static String table(List<GrowthRates.Result> rates) {
    StringBuilder table = new StringBuilder();
    table.append(
        "| what grows | to | sources | summaries/s, one thread | of the series' first |"
            + " thread's CPU, µs/summary | closing, µs/source |\n|---|---|---|---|---|---|---|\n");
    for (GrowthRates.Result result : rates) {
      GrowthPoint point = result.point();
      table.append(
          format(
              "| %s | %,d | %,d | %s | %s | %s | %s |%n",
              point.series(),
              point.at(),
              point.fleet().sources(),
              rate(result).text(0),
              Spread.of(Pass.ratios(result.passes(), first(rates, point.series()).passes()))
                  .text(2),
              cpu(result).text(1),
              Spread.of(result.closingMicros()).text(1)));
    }
    return table.append('\n').toString();
  }

  static String table(String series, List<GrowthState.Step> steps) {
    StringBuilder table = new StringBuilder();
    table.append(
        format(
            "| %s: sources | heap, bytes/source | RSS, bytes/source | state, bytes/source |"
                + " heap of an open entry | heap, MiB | RSS, MiB | changelogs on disk, MiB |"
                + " restart after a kill, s | of these, restoring |%n|---|---|---|---|---|---|---|---|---|---|%n",
            series));
    for (GrowthState.Step step : steps) {
      table.append(
          format(
              "| %,d | %,.0f | %,.0f | %.0f | %.0f | %.1f | %.1f | %.1f | %s | %s |%n",
              step.sources(),
              heapPerSource(step),
              (double) (step.resident() - step.empty().resident()) / step.sources(),
              (double) (step.liveBytes() - step.empty().liveBytes()) / step.sources(),
              perJoined(step, step.heapOpen() - step.heapBefore()),
              step.heap() / MEBI,
              step.resident() / MEBI,
              step.changelogBytes() / MEBI,
              restart(step).text(2),
              restoring(step).text(2)));
    }
    return table.append('\n').toString();
  }

  private static double heapPerSource(GrowthState.Step step) {
    return (double) (step.heap() - step.empty().heap()) / step.sources();
  }

  /** By the bytes that are read, of one kind of state: entries differ. */
  private static LinearFit byBytes(
      List<GrowthState.Step> steps, Function<GrowthState.Step, Spread> seconds) {
    return LinearFit.of(
        steps.stream().mapToDouble(GrowthState.Step::changelogBytes).toArray(),
        steps.stream().mapToDouble(step -> seconds.apply(step).median()).toArray());
  }

  private Map<String, LinearFit> bySeries(Function<GrowthState.Step, Spread> seconds) {
    return Map.of(
        GrowthPoint.KEYS, byBytes(keys, seconds), GrowthPoint.REPLICAS, byBytes(replicas, seconds));
  }

  private static Spread restart(GrowthState.Step step) {
    return Spread.of(step.restarts().stream().map(GrowthState.Restart::seconds).toList());
  }

  private static Spread restoring(GrowthState.Step step) {
    return Spread.of(step.restarts().stream().map(GrowthState.Restart::restoring).toList());
  }

  String restartSentence() {
    return sentence("Restart", GrowthReport::restart)
        + sentence("Restoring", GrowthReport::restoring);
  }

  private String sentence(String what, Function<GrowthState.Step, Spread> seconds) {
    return format(
        "%s: while keys grow %s; while replicas grow %s.%n",
        what, words(byBytes(keys, seconds)), words(byBytes(replicas, seconds)));
  }

  private static String words(LinearFit fit) {
    return format(
        "%.2f s and %.2f s for every 100 MiB of changelog, R² %.3f",
        fit.intercept(), fit.slope() * 100 * MEBI, fit.rSquared());
  }

  Costs costs() {
    GrowthState.Step manyReplicas = largest(replicas);
    GrowthState.Step manyKeys = largest(keys);
    double open = perJoined(manyReplicas, manyReplicas.heapOpen() - manyReplicas.heapBefore());
    double track = perJoined(manyReplicas, manyReplicas.heap() - manyReplicas.heapOpen());
    double key = perJoined(manyKeys, manyKeys.heap() - manyKeys.heapBefore());
    double ofKeys = highestClosing(GrowthPoint.KEYS);
    double ofReplicas = closingOfMost(GrowthPoint.REPLICAS);
    GrowthState.Step first = keys.get(0);
    Collection<LinearFit> restarts = bySeries(GrowthReport::restart).values();
    return new Costs(
        Machine.describe(),
        rates.stream().mapToDouble(each -> rate(each).median()).min().orElseThrow(),
        rates.stream().mapToDouble(each -> cpu(each).median()).max().orElseThrow(),
        Math.max(0, ofKeys - ofReplicas),
        ofReplicas,
        open,
        track,
        Math.max(0, key - open - track),
        first.empty().heap(),
        first.empty().resident() - first.empty().heap(),
        restarts.stream().mapToDouble(LinearFit::intercept).max().orElseThrow(),
        1 / restarts.stream().mapToDouble(LinearFit::slope).max().orElseThrow());
  }

  /** Microseconds for each source, at the point of a series where they were most. */
  private double highestClosing(String series) {
    return closing(series).max(Comparator.naturalOrder()).orElseThrow();
  }

  /** Where most sources share what closing a key takes. */
  private double closingOfMost(String series) {
    return closing(series).reduce((before, after) -> after).orElseThrow();
  }

  private Stream<Double> closing(String series) {
    return rates.stream()
        .filter(each -> each.point().series().equals(series))
        .map(each -> Spread.of(each.closingMicros()).median());
  }

  private static GrowthState.Step largest(List<GrowthState.Step> steps) {
    return steps.stream().max(Comparator.comparing(GrowthState.Step::sources)).orElseThrow();
  }

  LineChart rateChart() {
    return new LineChart(
        "Summaries a second of one thread, as the fleet grows",
        "sources: model × site × layer × replica",
        "summaries/s",
        true,
        Stream.of(GrowthPoint.KEYS, GrowthPoint.REPLICAS).map(this::line).toList());
  }

  private LineChart.Line line(String series) {
    return new LineChart.Line(
        "more " + series,
        true,
        rates.stream()
            .filter(each -> each.point().series().equals(series))
            .map(
                each -> {
                  Spread rate = rate(each);
                  return new LineChart.Point(
                      each.point().fleet().sources(), rate.median(), rate.low(), rate.high());
                })
            .toList());
  }

  LineChart heapChart() {
    return new LineChart(
        "Heap of the scorer's state for each source",
        "sources: model × site × layer × replica",
        "bytes",
        true,
        List.of(heapLine("more keys", keys), heapLine("more replicas", replicas)));
  }

  private static LineChart.Line heapLine(String label, List<GrowthState.Step> steps) {
    return new LineChart.Line(
        label,
        true,
        steps.stream()
            .map(
                step ->
                    LineChart.Point.of((double) step.sources(), Math.max(0, heapPerSource(step))))
            .toList());
  }

  LineChart restartChart() {
    return new LineChart(
        "From a killed scorer's restart to its first summary",
        "MiB of changelog on disk",
        "seconds",
        false,
        List.of(
            line("restart, more keys", keys, GrowthReport::restart),
            line("restart, more replicas", replicas, GrowthReport::restart),
            line("restoring, more keys", keys, GrowthReport::restoring),
            line("restoring, more replicas", replicas, GrowthReport::restoring)));
  }

  private static LineChart.Line line(
      String label, List<GrowthState.Step> steps, Function<GrowthState.Step, Spread> seconds) {
    return new LineChart.Line(
        format("%s: R² %.3f", label, byBytes(steps, seconds).rSquared()),
        true,
        steps.stream().map(step -> point(step, seconds.apply(step))).toList());
  }

  private static LineChart.Point point(GrowthState.Step step, Spread seconds) {
    return new LineChart.Point(
        step.changelogBytes() / MEBI, seconds.median(), seconds.low(), seconds.high());
  }

  Map<String, Object> json() {
    return Map.of(
        "rates",
        rates,
        "keys",
        keys,
        "replicas",
        replicas,
        "restart",
        bySeries(GrowthReport::restart),
        "restoring",
        bySeries(GrowthReport::restoring),
        "costs",
        costs());
  }

  private static GrowthRates.Result first(List<GrowthRates.Result> rates, String series) {
    return rates.stream()
        .filter(each -> each.point().series().equals(series))
        .findFirst()
        .orElseThrow();
  }

  private static Spread rate(GrowthRates.Result result) {
    return Spread.of(result.passes().stream().map(Pass::perSecond).toList());
  }

  private static Spread cpu(GrowthRates.Result result) {
    return Spread.of(result.passes().stream().map(Pass::cpuMicros).toList());
  }

  private static double perJoined(GrowthState.Step step, long bytes) {
    return (double) bytes / step.joined();
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
