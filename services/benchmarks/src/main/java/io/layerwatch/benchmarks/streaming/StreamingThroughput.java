package io.layerwatch.benchmarks.streaming;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.benchmarks.capacity.Fleet;
import io.layerwatch.benchmarks.capacity.FleetOptions;
import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.benchmarks.report.Json;
import io.layerwatch.benchmarks.report.Machine;
import io.layerwatch.benchmarks.report.ReportOptions;
import io.layerwatch.benchmarks.streaming.flink.FlinkContender;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * How fast the scorer works a backlog off, beside what nobody can beat, beside a bare windowed
 * count of Kafka Streams, and beside Flink jobs of the same aggregation: each in a process of its
 * own, in turns, on one broker and one topic.
 */
@Command(
    name = "streaming-throughput",
    mixinStandardHelpOptions = true,
    description = "Measure the scorer's rate beside its ceilings and beside Apache Flink.")
public final class StreamingThroughput implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private FleetOptions size = new FleetOptions(2, 25);

  @Option(
      names = "--seconds",
      defaultValue = "240",
      description = "Event time of the backlog, whole windows, a flush a second: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--window",
      defaultValue = "30",
      description = "Seconds of a window; half as much is its grace: ${DEFAULT-VALUE}.")
  private int window;

  @Option(
      names = "--commit",
      defaultValue = "1000",
      description = "Milliseconds between commits or checkpoints: ${DEFAULT-VALUE}.")
  private int commitMillis;

  @Option(
      names = "--warm-ups",
      defaultValue = "2",
      description = "Rounds before that, which do not count: ${DEFAULT-VALUE}.")
  private int warmUps;

  @Option(names = "--rounds", defaultValue = "4", description = "Rounds: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--threads",
      split = ",",
      defaultValue = "1,2",
      description = "Threads, at most as many as models: ${DEFAULT-VALUE}.")
  private List<Integer> threads = List.of();

  @Option(
      names = "--only",
      split = ",",
      description = "Who takes part, instead of all: ${COMPLETION-CANDIDATES}.")
  private List<Contenders> only = List.of(Contenders.values());

  @Option(
      names = "--java",
      split = " ",
      defaultValue = "-Xms1g -Xmx1g -XX:+AlwaysPreTouch -XX:+UseSerialGC",
      description = "Options of each contender's Java: ${DEFAULT-VALUE}.")
  private List<String> java = List.of();

  @Mixin private ReportOptions report = new ReportOptions();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new StreamingThroughput()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Fleet fleet = size.fleet();
    validate(fleet);
    String setting = setting(fleet);
    out.println(setting);
    out.flush();
    ThroughputReport result;
    try (Laboratory laboratory = new Laboratory(Collections.max(threads))) {
      laboratory.createTopic(FlinkContender.OUTPUT);
      publish(fleet, laboratory);
      int windows = fleet.models() * fleet.sites() * (seconds / window);
      try (Rounds all = new Rounds(laboratory, backlog(laboratory), only, windows, java, out)) {
        result = all.run(threads, warmUps, rounds);
        out.printf("%,d scores agree to 1e-9 in every pass that scores%n", all.agreed());
      }
    }
    out.printf("%n%s%n", result.table());
    out.flush();
    report
        .json()
        .ifPresent(
            file ->
                Json.write(
                    file, Map.of("setting", setting, "fleet", fleet, "passes", result.passes())));
    report.chart().ifPresent(file -> result.chart().write(file));
    report.writePage("streaming-throughput", setting + ".\n\n" + result.table());
    return 0;
  }

  private void validate(Fleet fleet) {
    int partitions = Collections.max(threads);
    if (Collections.min(threads) < 1
        || fleet.models() % partitions != 0
        || threads.stream().anyMatch(count -> partitions % count != 0)) {
      throw new ParameterException(
          spec.commandLine(),
          "--threads: expected numbers that divide the largest, and that --models, got " + threads);
    }
    if (window < 2 || seconds < window || seconds % window != 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--seconds: expected a multiple of --window, 2 or more and here %d, got %d"
              .formatted(window, seconds));
    }
  }

  private String setting(Fleet fleet) throws IOException {
    return ("%s; Kafka %s, Flink %s (%s); %,d summaries of %,d sources, windows of %d s and %d s of grace,"
            + " a commit or checkpoint each %d ms; %d rounds; each contender: java %s, %s")
        .formatted(
            Machine.describe(),
            AppInfoParser.getVersion(),
            EnvironmentInformation.getVersion(),
            Path.of(ContenderProcess.clientOfFlink()).getFileName().toString().replace(".jar", ""),
            (seconds + 1L) * fleet.sources(),
            fleet.sources(),
            window,
            grace(),
            commitMillis,
            rounds,
            String.join(" ", java),
            Cores.canPin() ? "kept to its cores" : "on all cores");
  }

  private int grace() {
    return window / 2;
  }

  private Backlog backlog(Laboratory laboratory) {
    return new Backlog(
        laboratory.settings(),
        laboratory.directory("contenders").toString(),
        laboratory.partitions(),
        laboratory.published(),
        window,
        grace(),
        commitMillis);
  }

  /** A flush a second, and one more when all these windows are over. */
  private void publish(Fleet fleet, Laboratory laboratory) {
    Instant begin =
        TimeWindow.of(Instant.now().minus(Duration.ofDays(1)), Duration.ofHours(1)).start();
    for (int second = 0; second < seconds; second++) {
      publish(fleet, laboratory, begin, second);
    }
    publish(fleet, laboratory, begin.plusSeconds(window), seconds);
  }

  private static void publish(Fleet fleet, Laboratory laboratory, Instant begin, int second) {
    Instant start = begin.plusSeconds(second);
    laboratory.publish(fleet, new TimeWindow(start, start.plusSeconds(1)), second);
  }
}
