package io.layerwatch.benchmarks.functions;

import io.layerwatch.benchmarks.report.Machine;
import io.layerwatch.benchmarks.report.ReportOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times the functions that a summary passes, and counts what they allocate. */
@Command(
    name = "jmh",
    mixinStandardHelpOptions = true,
    description = "Time publishing, decoding, merging and scoring by JMH, with allocations.")
public final class FunctionBenchmarks implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "Rounds, each with a JVM for every function in turn: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--warm-ups",
      defaultValue = "3",
      description = "Iterations of each JVM that do not count: ${DEFAULT-VALUE}.")
  private int warmUps;

  @Option(
      names = "--iterations",
      defaultValue = "3",
      description = "Iterations of each JVM that count: ${DEFAULT-VALUE}.")
  private int iterations;

  @Option(
      names = "--iteration-millis",
      defaultValue = "1000",
      description = "Length of an iteration: ${DEFAULT-VALUE}.")
  private int iterationMillis;

  @Option(
      names = "--in-this-jvm",
      description = "Start no other JVM: a trial of the benchmarks, not of the functions.")
  private boolean inThisJvm;

  @Mixin private ReportOptions files;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new FunctionBenchmarks()).execute(arguments));
  }

  @Override
  public Integer call() throws RunnerException {
    Map<String, List<RunResult>> byFunction = new TreeMap<>();
    for (int round = 0; round < rounds; round++) {
      for (RunResult result : new Runner(options()).run()) {
        byFunction
            .computeIfAbsent(result.getParams().getBenchmark(), name -> new ArrayList<>())
            .add(result);
      }
    }
    List<RunResult> results = byFunction.values().stream().map(FunctionBenchmarks::one).toList();
    PrintWriter out = spec.commandLine().getOut();
    String table = Machine.describe() + ".\n\n" + FunctionTable.of(results);
    out.print(table);
    out.flush();
    files.writePage("functions", table);
    files.json().ifPresent(file -> write(file, results));
    files.chart().ifPresent(file -> FunctionTable.chart(results).write(file));
    return 0;
  }

  private Options options() {
    var options =
        new OptionsBuilder()
            .include("^" + FunctionBenchmarks.class.getPackageName() + "\\..*Benchmark\\.")
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .forks(inThisJvm ? 0 : 1)
            .warmupIterations(warmUps)
            .warmupTime(TimeValue.milliseconds(iterationMillis))
            .measurementIterations(iterations)
            .measurementTime(TimeValue.milliseconds(iterationMillis))
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    return options.build();
  }

  /** All rounds of a function as if they were one run of so many JVMs. */
  private static RunResult one(List<RunResult> rounds) {
    Collection<BenchmarkResult> all =
        rounds.stream().flatMap(round -> round.getBenchmarkResults().stream()).toList();
    return new RunResult(rounds.get(0).getParams(), all);
  }

  private static void write(Path file, List<RunResult> results) {
    try (PrintStream out =
        new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }
}
