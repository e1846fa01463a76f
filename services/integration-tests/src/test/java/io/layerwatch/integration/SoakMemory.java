package io.layerwatch.integration;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Memory of this process in the course of a soak, for the report. */
final class SoakMemory {

  private static final Path STATUS = Path.of("/proc/self/status");

  private final List<String> rows = new ArrayList<>();

  /** Collects garbage and looks. */
  void look(String when, double arrays) {
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    rows.add(
        "| RSS, heap after GC, arrays: %s | %s, %d MB, %.0f |"
            .formatted(when, resident(), heap >> 20, arrays));
  }

  /** Where there is a proc file system. */
  private static String resident() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return (Long.parseLong(line.replaceAll("\\D", "")) >> 10) + " MB";
        }
      }
    } catch (IOException e) {
      // Then there is nothing to report.
    }
    return "unknown";
  }

  String rows() {
    return String.join("\n", rows);
  }
}
