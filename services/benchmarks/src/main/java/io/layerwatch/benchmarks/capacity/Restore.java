package io.layerwatch.benchmarks.capacity;

import java.util.Map;

/**
 * A start that finds its state in the changelogs.
 *
 * @param records read from them
 * @param seconds from the start until it runs; joining the group is part of it
 */
record Restore(long records, double seconds) {

  /** Starts an application that was stopped. */
  static Restore measure(Laboratory laboratory, String application, Map<String, String> settings) {
    long begun = System.nanoTime();
    try (RunningScorer scorer = laboratory.score(application, settings)) {
      scorer.awaitRunning();
      return new Restore(
          (long) Jmx.restoredRecords(application), (System.nanoTime() - begun) / 1e9);
    }
  }
}
