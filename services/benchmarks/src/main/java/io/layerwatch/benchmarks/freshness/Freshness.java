package io.layerwatch.benchmarks.freshness;

import io.layerwatch.benchmarks.Spread;
import io.layerwatch.benchmarks.capacity.Fleet;
import io.layerwatch.benchmarks.report.ReportOptions;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.scorer.ScorerSettings;
import java.io.PrintWriter;
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
      defaultValue = "100",
      description = "Instances of each model by which capacity is measured: ${DEFAULT-VALUE}.")
  private int capacityReplicas;

  @Option(
      names = "--capacity-flushes",
      defaultValue = "40",
      description = "Flushes by which capacity is measured: ${DEFAULT-VALUE}.")
  private int capacityFlushes;

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
      defaultValue = "18",
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
      defaultValue = "1000",
      description = "Flush interval of the instances: ${DEFAULT-VALUE}.")
  private int flushMillis;

  @Mixin private ReportOptions files;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Freshness()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Duration flush = Duration.ofMillis(flushMillis);
    List<Double> rates =
        new SustainedRate(settings(), flush, capacityFlushes).measure(fleet(capacityReplicas));
    double capacity = Spread.of(rates).median();
    FreshnessTrial trial =
        new FreshnessTrial(
            settings(),
            Duration.ofSeconds(windowSeconds),
            Duration.ofSeconds(graceSeconds),
            flush,
            warmUps,
            windows);
    List<Level> levels = new ArrayList<>();
    for (double share : shares) {
      int replicas = replicas(share * capacity);
      levels.add(Level.of(share, replicas, rate(fleet(replicas))));
    }
    for (int round = 0; round < rounds; round++) {
      for (Level level : levels) {
        trial.run(fleet(level.replicas()), level);
      }
    }
    FreshnessReport report = new FreshnessReport(fleet(1), trial, rates, levels);
    files.json().ifPresent(report::write);
    out.print(report.text());
    out.flush();
    files.writePage("freshness", report.text());
    files.chart().ifPresent(report::draw);
    return 0;
  }

  private Fleet fleet(int replicas) {
    return new Fleet("organisation", models, 1, layers, replicas);
  }

  /** Summaries a second. */
  private double rate(Fleet fleet) {
    return fleet.sources() * 1e3 / flushMillis;
  }

  private int replicas(double perSecond) {
    return (int) Math.max(1, Math.round(perSecond / rate(fleet(1))));
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put(ScorerSettings.WINDOW_SIZE, windowSeconds + "s");
    settings.put(ScorerSettings.WINDOW_GRACE, graceSeconds + "s");
    // The one site that the fleet has.
    settings.put(RecommenderSettings.SITE, "block-output");
    return settings;
  }
}
