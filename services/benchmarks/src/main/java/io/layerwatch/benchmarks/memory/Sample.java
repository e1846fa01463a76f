package io.layerwatch.benchmarks.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Memory of this process at one moment at which no request runs.
 *
 * @param requests answered until then
 * @param tokens generated until then
 * @param resident bytes of all memory, the Java heap included (VmRSS)
 * @param heap bytes of live objects, after a collection
 * @param direct bytes that the JVM has given out beside the heap
 * @param arrays of the model that are open
 */
record Sample(long requests, long tokens, long resident, long heap, long direct, long arrays) {

  /** Of a table whose rows are {@link #row()}. */
  static final String HEADER =
      """
      | requests | tokens generated | RSS, MiB | heap, MiB | direct, MiB | arrays |
      |---|---|---|---|---|---|""";

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final double MEBI = 1 << 20;

  /** Now. */
  static Sample take(long requests, long tokens, long arrays) {
    // What one collection finds unreachable may hold on to more by a cleaner.
    System.gc();
    System.gc();
    return new Sample(
        requests,
        tokens,
        residentNow(),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum(),
        arrays);
  }

  private static long residentNow() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException(STATUS + ": expected VmRSS, got none"));
    } catch (IOException e) {
      throw new UncheckedIOException("expected Linux's " + STATUS, e);
    }
  }

  String row() {
    return String.format(
        Locale.ROOT,
        "| %,d | %,d | %.1f | %.1f | %.1f | %d |",
        requests,
        tokens,
        resident / MEBI,
        heap / MEBI,
        direct / MEBI,
        arrays);
  }
}
