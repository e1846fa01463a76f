package io.layerwatch.benchmarks.freshness;

import io.layerwatch.benchmarks.Spread;
import io.layerwatch.benchmarks.capacity.Fleet;
import io.layerwatch.benchmarks.launch.Launcher;
import io.layerwatch.benchmarks.report.ReportOptions;
import io.layerwatch.runtime.process.Directories;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How long after its end a window shows as a record, as a gauge and as advice, while a fleet
 * reports in real time at several shares of what one scorer thread carries.
 */
@Command(
    name = "freshness",
    mixinStandardHelpOptions = true,
    description =
        "Measure the time from a window's end to its score, gauge and advice, under load.")
public final class Freshness implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--models", defaultValue = "20", description = "Models: ${DEFAULT-VALUE}.")
  private int models;

  @Option(names = "--layers", defaultValue = "32", description = "Layers: ${DEFAULT-VALUE}.")
  private int layers;

  @Option(
      names = "--capacity-replicas",
      defaultValue = "300",
      description = "Instances of each model whose flushes follow at once: ${DEFAULT-VALUE}.")
  private int capacityReplicas;

  @Option(
      names = "--capacity-flushes",
      defaultValue = "40",
      description = "Their flushes, after as many that do not count: ${DEFAULT-VALUE}.")
  private int capacityFlushes;

  @Option(
      names = "--capacity-windows",
      defaultValue = "4",
      description =
          "Windows in which a fleet has to be kept up with in real time, after one that does not"
              + " count: ${DEFAULT-VALUE}.")
  private int capacityWindows;

  @Option(
      names = "--shares",
      split = ",",
      defaultValue = "0.1,0.8",
      description = "Shares of capacity to publish at: ${DEFAULT-VALUE}.")
  private List<Double> shares;

  @Option(
      names = "--rounds",
      defaultValue = "2",
      description = "Rounds, each with every share in turn: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--windows",
      defaultValue = "12",
      description = "Windows of each share in a round: ${DEFAULT-VALUE}.")
  private int windows;

  @Option(
      names = "--warm-ups",
      defaultValue = "4",
      description = "Windows before them that do not count: ${DEFAULT-VALUE}.")
  private int warmUps;

  @Option(names = "--window-seconds", defaultValue = "5", description = "Window: ${DEFAULT-VALUE}.")
  private int windowSeconds;

  @Option(names = "--grace-seconds", defaultValue = "2", description = "Grace: ${DEFAULT-VALUE}.")
  private int graceSeconds;

  @Option(
      names = "--flush-millis",
      split = ",",
      defaultValue = "1000,500",
      description = "Flush intervals of the instances: ${DEFAULT-VALUE}.")
  private List<Integer> flushMillis;

  @Option(
      names = "--java",
      paramLabel = "OPTIONS",
      split = " ",
      defaultValue = "-Xms2g -Xmx2g -XX:+AlwaysPreTouch -XX:-UseSerialGC -XX:+UseG1GC",
      description =
          "Options for the Java of scorer and recommender, behind those of the script:"
              + " ${DEFAULT-VALUE}.")
  private List<String> java;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the scorer. May be repeated.")
  private Map<String, String> own = new HashMap<>();

  @Option(
      names = "--home",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "The repository, built: ${DEFAULT-VALUE}.")
  private Path home;

  @Mixin private ReportOptions files;

  private int fleets;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Freshness()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    Path directory = Files.createTempDirectory("layerwatch-freshness");
    try {
      FreshnessReport report = measure(setup(new Launcher(home, directory)));
      files.json().ifPresent(report::write);
      PrintWriter out = spec.commandLine().getOut();
      out.print(report.text());
      out.flush();
      files.writePage("freshness", report.text());
      files.chart().ifPresent(report::draw);
      return 0;
    } finally {
      Directories.delete(directory);
    }
  }

  private FreshnessReport measure(Setup setup) throws InterruptedException {
    Duration flush = Duration.ofMillis(flushMillis.get(0));
    FreshnessTrial trial = new FreshnessTrial(warmUps, windows);
    // One for all, so that Java has compiled what it runs.
    try (Deployment deployment = new Deployment(setup)) {
      List<Double> atOnce =
          new SustainedRate(flush, capacityFlushes).measure(deployment, fleet(capacityReplicas));
      List<Level> levels = new ArrayList<>();
      for (int millis : flushMillis) {
        Duration interval = Duration.ofMillis(millis);
        double capacity =
            new SustainableLoad(setup.window(), setup.window().multipliedBy(capacityWindows))
                .measure(deployment, this::sending, interval, Spread.of(atOnce).median());
        shares.forEach(share -> levels.add(level(share, interval, capacity)));
      }
      for (int round = 0; round < rounds; round++) {
        for (Level level : levels) {
          trial.run(deployment, newFleet(level.replicas()), level);
        }
      }
      return new FreshnessReport(fleet(1), setup, atOnce, levels);
    }
  }

  private Level level(double share, Duration flush, double capacity) {
    Fleet fleet = fleet(replicas(share * capacity, flush));
    return Level.of(
        share, capacity, (int) flush.toMillis(), fleet.replicas(), fleet.summariesPerSecond(flush));
  }

  private int replicas(double summariesPerSecond, Duration flush) {
    double each = fleet(1).summariesPerSecond(flush);
    return (int) Math.max(1, Math.round(summariesPerSecond / each));
  }

  private Fleet sending(double summariesPerSecond, Duration flush) {
    return newFleet(replicas(summariesPerSecond, flush));
  }

  /** One of which nothing has been heard yet. */
  private Fleet newFleet(int replicas) {
    return fleet(replicas).named("organisation-" + ++fleets);
  }

  private Fleet fleet(int replicas) {
    return new Fleet("organisation", models, 1, layers, replicas);
  }

  private Setup setup(Launcher launcher) {
    return new Setup(
        launcher, java, Duration.ofSeconds(windowSeconds), Duration.ofSeconds(graceSeconds), own);
  }
}
