package io.layerwatch.benchmarks.capacity;

import io.layerwatch.benchmarks.FreePort;
import io.layerwatch.benchmarks.Jdk;
import io.layerwatch.benchmarks.launch.MetricsPage;
import io.layerwatch.scorer.ScoreCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The scorer as a process of its own, seen through its metrics, and killed. */
final class GrowthProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Process process;
  private final Path output;
  private final MetricsPage metrics;

  private GrowthProcess(Process process, Path output, int port) {
    this.process = process;
    this.output = output;
    metrics = new MetricsPage(port);
  }

  /**
   * Starts it.
   *
   * @param output takes what it prints
   */
  static GrowthProcess start(Map<String, String> settings, String heap, Path output) {
    int port = FreePort.find();
    List<String> command = new ArrayList<>();
    command.add(Jdk.program("java"));
    command.addAll(List.of("-Xmx" + heap, "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
    settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
    command.addAll(List.of("--set", "admin.host=127.0.0.1", "--set", "admin.port=" + port));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      return new GrowthProcess(process, output, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends with the process that started it, however that ends. */
  static final class Child {

    private Child() {}

    public static void main(String[] arguments) {
      Thread parent =
          new Thread(
              () -> {
                try {
                  System.in.transferTo(java.io.OutputStream.nullOutputStream());
                } catch (IOException gone) {
                  // As if it had ended.
                }
                Runtime.getRuntime().halt(1);
              },
              "parent");
      parent.setDaemon(true);
      parent.start();
      ScoreCommand.main(arguments);
    }
  }

  /** Waits until that many summaries are merged since it started. */
  void awaitAccepted(long summaries) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (metrics.value("layerwatch_scorer_accepted_summaries_total") < summaries) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "expected a scorer that accepts " + summaries + " summaries, got: " + printed());
      }
      Pauses.milliseconds(10);
    }
  }

  /** Seconds in which it read changelogs. */
  double restoringSeconds() {
    return metrics.value("layerwatch_scorer_restoring_seconds_total");
  }

  private String printed() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes of live objects, after a collection. */
  long heap() {
    try {
      Process collection =
          new ProcessBuilder(Jdk.program("jcmd"), Long.toString(process.pid()), "GC.run")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!collection.waitFor(1, TimeUnit.MINUTES) || collection.exitValue() != 0) {
        throw new IllegalStateException("jcmd could not collect garbage in the scorer");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("expected a JDK, whose jcmd collects garbage", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return (long) metrics.value("jvm_memory_used_bytes{area=\"heap\"}");
  }

  /** Bytes of all its memory, the Java heap included. */
  long resident() {
    return (long) metrics.value("process_resident_memory_bytes");
  }

  /** SIGKILL: it gets no chance to finish anything. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
