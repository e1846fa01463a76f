package io.layerwatch.benchmarks.launch;

import io.layerwatch.benchmarks.Jdk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts {@code layerwatch} with the options of its script, without its archive of classes.
 *
 * @param home the repository
 * @param directory for output
 */
public record Launcher(Path home, Path directory) {

  public Launcher {
    if (!Files.isDirectory(library(home))) {
      throw new IllegalStateException(
          library(home) + ": expected the libraries of a build, got no such directory");
    }
  }

  private static Path library(Path home) {
    return home.resolve("services/standalone/target/lib");
  }

  /** Starts it; what it prints goes to a file. */
  public Running start(List<String> javaOptions, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Jdk.program("java"));
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-Dai.djl.offline=true",
            "-Dlayerwatch.home=" + home.toAbsolutePath()));
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", library(home) + "/*", "io.layerwatch.standalone.Layerwatch"));
    command.addAll(arguments);
    try {
      Path output = Files.createTempFile(directory, "output", ".txt");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder
          .environment()
          .putAll(
              Map.of(
                  "OPT_OUT_TRACKING", "true",
                  "MALLOC_TRIM_THRESHOLD_", "268435456",
                  "MALLOC_MMAP_THRESHOLD_", "268435456"));
      long begun = System.nanoTime();
      return new Running(builder.start(), output, begun);
    } catch (IOException e) {
      throw new UncheckedIOException("java cannot be started", e);
    }
  }
}
