package io.layerwatch.benchmarks.streaming;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.benchmarks.capacity.Fleet;
import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.benchmarks.capacity.Pass;
import io.layerwatch.benchmarks.report.Json;
import io.layerwatch.benchmarks.report.Machine;
import io.layerwatch.benchmarks.report.ReportOptions;
import io.layerwatch.scorer.ScorerSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.streams.StreamsConfig;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A fleet's backlog, worked off by the scorer, by what no scorer can beat, and by a Flink job that
 * computes the same scores: in turns, on one broker and one topic.
 */
@Command(
    name = "streaming-throughput",
    mixinStandardHelpOptions = true,
    description = "Measure the scorer's rate beside its ceilings and beside Apache Flink.")
public final class StreamingThroughput implements Callable<Integer> {

  private static final String OUTPUT = "flink-scores";

  /** The scorer's own default. */
  private static final double THRESHOLD = 0.01;

  private static final String BEFORE = "warm-up";

  @Spec private CommandSpec spec;

  @Option(names = "--models", defaultValue = "2", description = "Models: ${DEFAULT-VALUE}.")
  private int models;

  @Option(names = "--sites", defaultValue = "3", description = "Sites: ${DEFAULT-VALUE}.")
  private int sites;

  @Option(names = "--layers", defaultValue = "80", description = "Layers: ${DEFAULT-VALUE}.")
  private int layers;

  @Option(
      names = "--replicas",
      defaultValue = "25",
      description = "Instances of each model: ${DEFAULT-VALUE}.")
  private int replicas;

  @Option(
      names = "--seconds",
      defaultValue = "120",
      description = "Event time of the backlog, a flush a second: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--window",
      defaultValue = "30",
      description = "Seconds of a window; half as much is its grace: ${DEFAULT-VALUE}.")
  private int window;

  @Option(names = "--rounds", defaultValue = "3", description = "Rounds: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--threads",
      split = ",",
      defaultValue = "1,2",
      description = "Threads, at most as many as models: ${DEFAULT-VALUE}.")
  private List<Integer> threads = List.of();

  @Mixin private ReportOptions report = new ReportOptions();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new StreamingThroughput()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    int partitions = Collections.max(threads);
    boolean even =
        Collections.min(threads) > 0
            && threads.stream().allMatch(count -> partitions % count == 0)
            && models % partitions == 0;
    if (!even) {
      throw new ParameterException(
          spec.commandLine(),
          "--threads: expected numbers that divide the largest, and that --models");
    }
    PrintWriter out = spec.commandLine().getOut();
    Fleet fleet = new Fleet("organisation", models, sites, layers, replicas);
    out.printf(
        "%,d summaries of %,d sources; windows of %d s; %d rounds; %s%n%n",
        (long) seconds * fleet.sources(), fleet.sources(), window, rounds, Machine.describe());
    out.flush();
    Map<Integer, Map<String, List<Pass>>> passes = new LinkedHashMap<>();
    try (Laboratory laboratory = new Laboratory(partitions)) {
      laboratory.createTopic(OUTPUT);
      publish(fleet, laboratory);
      for (int count : threads) {
        passes.put(count, measure(laboratory, count, out));
      }
      out.printf(
          "%,d scores of Flink's and the scorer's windows agree to 1e-9%n%n",
          flink(DeliveryGuarantee.EXACTLY_ONCE).agree(laboratory));
    }
    ThroughputReport result = new ThroughputReport(passes);
    out.println(result.table());
    out.flush();
    report.json().ifPresent(file -> Json.write(file, Map.of("fleet", fleet, "passes", passes)));
    report.chart().ifPresent(file -> result.chart().write(file));
    report.writePage("streaming-throughput", Machine.describe() + "\n\n" + result.table());
    return 0;
  }

  private void publish(Fleet fleet, Laboratory laboratory) {
    Duration flush = Duration.ofSeconds(1);
    Instant begin =
        TimeWindow.of(Instant.now().minus(Duration.ofDays(1)), Duration.ofHours(1)).start();
    for (int second = 0; second < seconds; second++) {
      Instant start = begin.plusSeconds(second);
      laboratory.publish(fleet, new TimeWindow(start, start.plus(flush)), second);
    }
  }

  /** All contenders in each round, in an order drawn anew; before that one round for nobody. */
  private Map<String, List<Pass>> measure(Laboratory laboratory, int count, PrintWriter out)
      throws Exception {
    List<Contender> contenders = contenders();
    Map<String, List<Pass>> passes = new LinkedHashMap<>();
    contenders.forEach(contender -> passes.put(contender.name(), new ArrayList<>()));
    Random order = new Random(1);
    for (int round = -1; round < rounds; round++) {
      String turn = round < 0 ? BEFORE : Integer.toString(round);
      for (Contender contender : contenders) {
        String id =
            contender.name().replaceAll("\\W+", "-").toLowerCase(java.util.Locale.ROOT)
                + "-"
                + count
                + "-"
                + turn;
        Pass pass = contender.pass(laboratory, id, count);
        out.printf("%s: %,.0f/s%n", id, pass.perSecond());
        out.flush();
        if (round >= 0) {
          passes.get(contender.name()).add(pass);
        }
      }
      Collections.shuffle(contenders, order);
    }
    return passes;
  }

  private List<Contender> contenders() {
    Duration size = Duration.ofSeconds(window);
    Duration grace = size.dividedBy(2);
    Map<String, String> settings =
        Map.of(
            ScorerSettings.WINDOW_SIZE, size.toSeconds() + "s",
            ScorerSettings.WINDOW_GRACE, grace.toMillis() + "ms");
    return new ArrayList<>(
        List.of(
            new ConsumeAndDecode(),
            new WindowedCount(StreamsConfig.AT_LEAST_ONCE, size, grace),
            new WindowedCount(StreamsConfig.EXACTLY_ONCE_V2, size, grace),
            new ScorerContender(settings),
            flink(DeliveryGuarantee.AT_LEAST_ONCE),
            flink(DeliveryGuarantee.EXACTLY_ONCE)));
  }

  private FlinkContender flink(DeliveryGuarantee guarantee) {
    Duration size = Duration.ofSeconds(window);
    return new FlinkContender(guarantee, size, size.dividedBy(2), THRESHOLD, OUTPUT);
  }
}
