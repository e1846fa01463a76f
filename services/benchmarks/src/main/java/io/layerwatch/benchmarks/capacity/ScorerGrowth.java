package io.layerwatch.benchmarks.capacity;

import io.layerwatch.benchmarks.report.Json;
import io.layerwatch.benchmarks.report.LineChart;
import io.layerwatch.benchmarks.report.PageOptions;
import io.layerwatch.runtime.settings.DurationConverter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How the scorer's cost grows with keys, replicas and windows. */
@Command(
    name = "scorer-growth",
    mixinStandardHelpOptions = true,
    description =
        "Measure rate, memory, state and restart of one scorer thread while keys, replicas and"
            + " windows grow. About twenty minutes on two cores without other load, and 6 GB below"
            + " the temporary directory.")
public final class ScorerGrowth implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--sites", defaultValue = "4", description = "Sites: ${DEFAULT-VALUE}.")
  private int sites;

  @Option(names = "--layers", defaultValue = "25", description = "Layers: ${DEFAULT-VALUE}.")
  private int layers;

  @Option(
      names = "--keys",
      split = ",",
      defaultValue = "1000,10000,100000",
      description = "Numbers of (model, site, layer), one replica each: ${DEFAULT-VALUE}.")
  private List<Integer> keys;

  @Option(
      names = "--replicas",
      split = ",",
      defaultValue = "1,10,100,1000",
      description = "Numbers of replicas of one model: ${DEFAULT-VALUE}.")
  private List<Integer> replicas;

  @Option(
      names = "--windows",
      split = ",",
      converter = DurationConverter.class,
      defaultValue = "10s,1m,15m",
      description = "Window sizes, tried with the second number of replicas: ${DEFAULT-VALUE}.")
  private List<Duration> windows;

  @Option(
      names = "--flush",
      converter = DurationConverter.class,
      defaultValue = "1s",
      description = "Flush interval of the instances; windows are multiples: ${DEFAULT-VALUE}.")
  private Duration flush;

  @Option(
      names = "--summaries",
      defaultValue = "1500000",
      description = "Summaries timed at each size, or the next whole window: ${DEFAULT-VALUE}.")
  private long summaries;

  @Option(
      names = "--rounds",
      defaultValue = "4",
      description = "Rounds, and restarts after each step of the state: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--state-replicas",
      split = ",",
      defaultValue = "10,100,1000,2000,2000",
      description =
          "Replicas of the models that join one after the other, for the state:"
              + " ${DEFAULT-VALUE}.")
  private List<Integer> stateReplicas;

  @Option(
      names = "--heap",
      defaultValue = "3g",
      description = "Heap of the scorer whose state is weighed: ${DEFAULT-VALUE}.")
  private String heap;

  @Mixin private PageOptions files;

  @Option(
      names = "--charts",
      paramLabel = "DIRECTORY",
      description =
          "Write charts there: scorer-growth-rate.svg, scorer-growth-heap.svg and"
              + " scorer-growth-restart.svg.")
  private Optional<Path> charts = Optional.empty();

  @Option(
      names = "--costs",
      paramLabel = "FILE",
      description = "Write there what the calculator takes.")
  private Optional<Path> costs = Optional.empty();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ScorerGrowth()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    try (Laboratory home = new Laboratory()) {
      say(GrowthReport.title());
      var rates = new GrowthRates(points(), flush, summaries, rounds).run(home);
      say(GrowthReport.table(rates));
      var byKeys = state("state-of-keys", keySteps(), GrowthRates.BASELINE_WINDOWS + 2).run(home);
      say(GrowthReport.table(GrowthPoint.KEYS, byKeys));
      var byReplicas = state("state-of-replicas", replicaSteps(), 2).run(home);
      say(GrowthReport.table(GrowthPoint.REPLICAS, byReplicas));
      GrowthReport report = new GrowthReport(rates, byKeys, byReplicas);
      say(report.restartSentence());
      write(report);
    }
    return 0;
  }

  private void say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }

  private GrowthState state(String name, List<Fleet> steps, int ofWindows) {
    return new GrowthState(name, steps, ofWindows, rounds, heap);
  }

  private void write(GrowthReport report) throws IOException {
    files.json().ifPresent(file -> Json.write(file, report.json()));
    StringBuilder page = new StringBuilder(report.text());
    if (charts.isPresent()) {
      page.append(draw("scorer-growth-rate.svg", report.rateChart()));
      page.append(draw("scorer-growth-heap.svg", report.heapChart()));
      page.append(draw("scorer-growth-restart.svg", report.restartChart()));
    }
    files.writePage("scorer-growth", page.toString());
    if (costs.isPresent()) {
      Files.writeString(costs.get(), report.costs().text());
    }
  }

  /** Draws a chart; returns what shows it in the page. */
  private String draw(String name, LineChart chart) {
    Path file = charts.orElseThrow().resolve(name);
    chart.write(file);
    Path directory = files.page().orElse(file).toAbsolutePath().getParent();
    return "\n![" + chart.title() + "](" + directory.relativize(file.toAbsolutePath()) + ")\n";
  }

  private List<GrowthPoint> points() {
    long window = Feed.WINDOW.toSeconds();
    List<GrowthPoint> points = new ArrayList<>();
    for (int number : keys) {
      points.add(
          new GrowthPoint(GrowthPoint.KEYS, number, models("keys" + number, number), window));
    }
    for (int number : replicas) {
      points.add(new GrowthPoint(GrowthPoint.REPLICAS, number, replicas(number), window));
    }
    int some = replicas.get(Math.min(1, replicas.size() - 1));
    for (Duration size : windows) {
      points.add(
          new GrowthPoint(GrowthPoint.WINDOW, size.toSeconds(), replicas(some), size.toSeconds()));
    }
    return points;
  }

  private Fleet models(String name, int number) {
    return new Fleet(name, Math.max(1, number / (sites * layers)), sites, layers, 1);
  }

  private Fleet replicas(int number) {
    return new Fleet("replicas" + number, 1, sites, layers, number);
  }

  private List<Fleet> keySteps() {
    List<Fleet> steps = new ArrayList<>();
    int before = 0;
    for (int number : keys) {
      steps.add(models("step" + number, number - before));
      before = number;
    }
    return steps;
  }

  private List<Fleet> replicaSteps() {
    List<Fleet> steps = new ArrayList<>();
    for (int number : stateReplicas) {
      steps.add(new Fleet("step" + steps.size(), 1, sites, layers, number));
    }
    return steps;
  }
}
