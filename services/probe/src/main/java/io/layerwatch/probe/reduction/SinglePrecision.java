package io.layerwatch.probe.reduction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/**
 * What single precision holds of squares: a square of more than 3.4e38 is infinite there, and one
 * below 1.2e-38 loses digits or all of itself. From a mean square of {@value #LEAST_MEAN_SQUARE} up
 * to where their sum overflows, sums of squares are as good as single precision is.
 */
final class SinglePrecision {

  /** What is lost below 1.2e-38 is then at most 1.2e-8 of the sum. */
  static final double LEAST_MEAN_SQUARE = 1e-30;

  private static final int[] HIDDEN = {2};

  private SinglePrecision() {}

  /** Whether a mean of squares that was taken in single precision can be trusted. */
  static boolean holds(double meanSquare) {
    return meanSquare >= LEAST_MEAN_SQUARE && meanSquare <= Float.MAX_VALUE;
  }

  /** A float is below the threshold if and only if it is below this one. */
  static float smallestNotBelow(double threshold) {
    float nearest = (float) threshold;
    return nearest < threshold ? Math.nextUp(nearest) : nearest;
  }

  /**
   * Sums of squares over hidden units [layers, tokens] of states [layers, tokens, hidden]: in
   * single precision, or all in double where that cannot hold one of them.
   */
  static NDArray squares(NDArray states) {
    NDArray squares = sum(states.duplicate());
    double hidden = states.getShape().get(2);
    for (float square : squares.toFloatArray()) {
      if (!holds(square / hidden)) {
        squares.close();
        return sum(states.toType(DataType.FLOAT64, true));
      }
    }
    return squares;
  }

  /** Sums of squares over hidden units; uses the array up. */
  static NDArray sum(NDArray x) {
    try (x) {
      return x.muli(x).sum(HIDDEN);
    }
  }
}
