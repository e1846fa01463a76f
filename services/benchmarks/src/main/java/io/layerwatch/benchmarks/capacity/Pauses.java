package io.layerwatch.benchmarks.capacity;

import java.util.concurrent.TimeUnit;

/** Time between two looks at a condition. */
final class Pauses {

  private Pauses() {}

  static void milliseconds(long time) {
    try {
      TimeUnit.MILLISECONDS.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
