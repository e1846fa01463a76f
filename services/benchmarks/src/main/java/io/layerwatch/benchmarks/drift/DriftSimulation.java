package io.layerwatch.benchmarks.drift;

import io.layerwatch.analysis.drift.DriftCriteria;
import java.io.PrintWriter;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Counts the detector's false alarms, and the windows until it finds a shift, by simulation. */
@Command(
    name = "drift-simulation",
    mixinStandardHelpOptions = true,
    description =
        "Simulate scores that vary by chance: how often drift is raised where there is none, and"
            + " how soon where there is.")
public final class DriftSimulation implements Callable<Integer> {

  /** 30 days of minutes. */
  private static final int MONTH = 30 * 24 * 60;

  private static final int MOST_WINDOWS = 1_000;
  private static final List<Double> DEVIATIONS = List.of(0.02, 0.05, 0.08, 0.1, 0.2);
  private static final List<Double> FACTORS = List.of(1.2, 1 / 1.2, 1.5, 2.0);

  @Spec private CommandSpec spec;

  @Option(
      names = "--layers",
      defaultValue = "80",
      description = "Layers that are watched: ${DEFAULT-VALUE}.")
  private int layers;

  @Option(
      names = "--charts",
      defaultValue = "6",
      description = "Charts of each layer, such as two scores at three sites: ${DEFAULT-VALUE}.")
  private int charts;

  @Option(
      names = "--months",
      defaultValue = "20",
      description = "Months of 30 days with one-minute windows: ${DEFAULT-VALUE}.")
  private int months;

  @Option(
      names = "--shifts",
      defaultValue = "2000",
      description = "Shifts of each size: ${DEFAULT-VALUE}.")
  private int shifts;

  @Option(names = "--seed", defaultValue = "1", description = "Of chance: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() {
    if (Math.min(Math.min(layers, charts), Math.min(months, shifts)) < 1) {
      throw new ParameterException(
          spec.commandLine(), "--layers, --charts, --months and --shifts: expected 1 or more");
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "| a score's variation from window to window | its kind | false alarms in 30 days, "
            + layers
            + " layers of "
            + charts
            + " charts | "
            + FACTORS.stream()
                .map(factor -> String.format(Locale.ROOT, "windows to find × %.2f", factor))
                .collect(Collectors.joining(" | "))
            + " |");
    out.println("|" + "---|".repeat(3 + FACTORS.size()));
    for (Noise noise : Noise.values()) {
      for (double deviation : DEVIATIONS) {
        out.println(row(noise, deviation));
        out.flush();
      }
    }
    return 0;
  }

  private String row(Noise noise, double deviation) {
    Stream<String> head =
        Stream.of(
            String.format(Locale.ROOT, "%.0f %%", 100 * deviation),
            noise.label(),
            String.format(Locale.ROOT, "%.2f", falseAlarms(noise, deviation)));
    Stream<String> delays = FACTORS.stream().map(factor -> shown(delays(noise, deviation, factor)));
    return Stream.concat(head, delays).collect(Collectors.joining(" | ", "| ", " |"));
  }

  /** Each chart has a baseline of its own. */
  private double falseAlarms(Noise noise, double deviation) {
    return IntStream.range(0, layers * charts * months)
            .parallel()
            .mapToLong(chart -> simulated(noise, deviation, chart).falseAlarms(MONTH))
            .sum()
        / (double) months;
  }

  private List<Double> delays(Noise noise, double deviation, double factor) {
    return simulated(noise, deviation, -1).delays(shifts, factor, MOST_WINDOWS);
  }

  private SimulatedLayers simulated(Noise noise, double deviation, int chart) {
    return new SimulatedLayers(
        DriftCriteria.DEFAULT, noise, deviation, new Random(seed * 1_000_003 + chart));
  }

  /** Mean, and what one in twenty exceeds. */
  private static String shown(List<Double> delays) {
    List<Double> sorted = delays.stream().sorted().toList();
    double mean = delays.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double late = sorted.get((int) Math.ceil(0.95 * sorted.size()) - 1);
    return Collections.max(delays) >= MOST_WINDOWS
        ? String.format(Locale.ROOT, "more than %.0f (%.0f)", mean, late)
        : String.format(Locale.ROOT, "%.1f (%.0f)", mean, late);
  }

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new DriftSimulation()).execute(arguments));
  }
}
