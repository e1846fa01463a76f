package io.layerwatch.benchmarks.capacity;

/** One thread's way through many records. */
public record Pass(long records, double seconds, double cpuSeconds) {

  public Pass {
    if (records < 1) {
      throw new IllegalArgumentException("expected a backlog that takes some time, got a shorter");
    }
  }

  public double perSecond() {
    return records / seconds;
  }

  /** The thread's own work for one record. */
  public double cpuMicros() {
    return 1e6 * cpuSeconds / records;
  }
}
