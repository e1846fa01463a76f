package io.layerwatch.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The machine that measured. */
public final class Machine {

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** Its processors, system and Java, in a line. */
  public static String describe() {
    return String.format(
        "%d processors%s; %s %s; Java %s",
        Runtime.getRuntime().availableProcessors(),
        processor().map(name -> " (" + name + ")").orElse(""),
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        Runtime.version());
  }

  private static Optional<String> processor() {
    try {
      return Files.readAllLines(PROCESSORS).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.replaceFirst("^.*?:\\s*", "").strip())
          .findFirst();
    } catch (IOException elsewhere) {
      return Optional.empty();
    }
  }
}
