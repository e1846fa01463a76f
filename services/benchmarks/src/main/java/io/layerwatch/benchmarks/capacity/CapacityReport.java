package io.layerwatch.benchmarks.capacity;

import io.layerwatch.benchmarks.Spread;
import io.layerwatch.benchmarks.report.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The figures as tables to read, and as JSON with every round. */
record CapacityReport(Fleet fleet, int seconds, int rounds) {

  String title() {
    return format(
        "%d model(s) × %d sites × %d layers × %d replicas = %,d sources; %d s of event time, a flush"
            + " a second: %,d summaries; %d rounds; %d processors; Java %s%n",
        fleet.models(),
        fleet.sites(),
        fleet.layers(),
        fleet.replicas(),
        fleet.sources(),
        seconds,
        (long) seconds * fleet.sources(),
        rounds,
        Runtime.getRuntime().availableProcessors(),
        Runtime.version());
  }

  String table(RateTrial.Result rate) {
    StringBuilder table = new StringBuilder();
    table.append(
        "| one thread | summaries/s | thread's CPU, µs/summary | share of ceiling, % | changelog,"
            + " bytes/summary | changelog, records/summary | restart after it |\n");
    table.append("|---|---|---|---|---|---|---|\n");
    rate.passes()
        .forEach(
            (name, passes) -> {
              var changelog = Optional.ofNullable(rate.changelogs().get(name));
              var restore = Optional.ofNullable(rate.restores().get(name));
              table.append(
                  format(
                      "| %s | %s | %s | %s | %s | %s | %s |%n",
                      name,
                      Spread.of(passes.stream().map(Pass::perSecond).toList()).text(0),
                      Spread.of(passes.stream().map(Pass::cpuMicros).toList()).text(1),
                      Spread.of(shares(rate, passes)).text(0),
                      changelog.map(c -> format("%.0f", c.bytes())).orElse(""),
                      changelog.map(c -> format("%.2f", c.records())).orElse(""),
                      restore.map(CapacityReport::text).orElse("")));
            });
    return table.toString();
  }

  /** In percent. */
  private static List<Double> shares(RateTrial.Result rate, List<Pass> passes) {
    return Pass.ratios(passes, rate.passes().get(RateTrial.CEILING)).stream()
        .map(ratio -> 100 * ratio)
        .toList();
  }

  String table(StateTrial.Result state) {
    return format(
        "| state | |%n|---|---|%n"
            + "| heap for each (window, site, layer, instance) that is open | %.0f bytes |%n"
            + "| pause to close a window of %,d entries | %s s |%n"
            + "| restart | %s |%n",
        state.bytesPerEntry(),
        fleet.sources(),
        Spread.of(state.closingSeconds()).text(3),
        text(state.restore()));
  }

  private static String text(Restore restore) {
    return format("%.1f s, %,d records restored", restore.seconds(), restore.records());
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  void write(Path file, RateTrial.Result rate, Optional<StateTrial.Result> state) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("fleet", fleet);
    all.put("seconds", seconds);
    all.put("rate", rate);
    state.ifPresent(result -> all.put("state", result));
    Json.write(file, all);
  }
}
