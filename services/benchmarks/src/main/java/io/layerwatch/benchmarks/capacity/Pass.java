package io.layerwatch.benchmarks.capacity;

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

  /** Processor time for one record. */
  public double cpuMicros() {
    return 1e6 * cpuSeconds / records;
  }
}
