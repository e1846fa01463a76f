package io.layerwatch.benchmarks.capacity;

import java.time.Duration;

/**
 * One size at which the scorer's rate is measured.
 *
 * @param series what grows
 * @param at how far it has grown
 * @param fleet who publishes
 * @param windowSeconds of the scorer's windows
 */
record GrowthPoint(String series, long at, Fleet fleet, long windowSeconds) {

  static final String KEYS = "keys";
  static final String REPLICAS = "replicas";
  static final String WINDOW = "window, s";

  Duration window() {
    return Duration.ofSeconds(windowSeconds);
  }

  /** Such as topics may have. */
  String name() {
    return series.replaceAll("\\W+", "-") + "-" + at;
  }
}
