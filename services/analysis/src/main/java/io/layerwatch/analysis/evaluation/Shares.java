package io.layerwatch.analysis.evaluation;

/** Numbers from 0 to 1. */
final class Shares {

  private Shares() {}

  static void require(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(name + ": expected 0 to 1, got " + share);
    }
  }
}
