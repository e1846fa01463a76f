package io.layerwatch.standalone.terminal;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * How long the bars of a set of scores are. Where one score dwarfs another the scale is
 * logarithmic, from a tenth for the smallest to one for the largest; otherwise it is linear.
 */
record BarScale(double smallest, double largest) {

  private static final double DWARFS = 20;
  private static final double SMALLEST_BAR = 0.1;

  static BarScale of(double... scores) {
    double[] positive = Arrays.stream(scores).filter(score -> score > 0).sorted().toArray();
    return positive.length == 0
        ? new BarScale(0, 0)
        : new BarScale(positive[0], positive[positive.length - 1]);
  }

  boolean logarithmic() {
    return largest > DWARFS * smallest;
  }

  /** From 0 to 1. */
  double share(OptionalDouble score) {
    if (score.isEmpty() || score.getAsDouble() <= 0) {
      return 0;
    }
    if (!logarithmic()) {
      return score.getAsDouble() / largest;
    }
    double position = Math.log(score.getAsDouble() / smallest) / Math.log(largest / smallest);
    return SMALLEST_BAR + (1 - SMALLEST_BAR) * position;
  }
}
