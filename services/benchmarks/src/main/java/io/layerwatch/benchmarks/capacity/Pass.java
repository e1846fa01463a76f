package io.layerwatch.benchmarks.capacity;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A way through many records.
 *
 * @param cpuSeconds of the thread that did it, or of its whole process
 */
public record Pass(long records, double seconds, double cpuSeconds) {

  public Pass {
    if (records < 1) {
      throw new IllegalArgumentException("expected a backlog that takes some time, got a shorter");
    }
  }

  public double perSecond() {
    return records / seconds;
  }

  /**
   * What the rates of some are of those of others, round by round: what the machine did hit both.
   */
  public static List<Double> ratios(List<Pass> some, List<Pass> others) {
    return IntStream.range(0, some.size())
        .mapToObj(round -> some.get(round).perSecond() / others.get(round).perSecond())
        .toList();
  }

  /** Processor time for one record. */
  public double cpuMicros() {
    return 1e6 * cpuSeconds / records;
  }
}
