package io.layerwatch.benchmarks.study;

import java.util.Arrays;

/**
 * Spearman's rank correlation: Pearson's of the ranks, where equal values share their mean rank.
 */
final class RankCorrelation {

  private RankCorrelation() {}

  /** From −1 to 1; NaN where all values of a side are equal. */
  static double of(double[] x, double[] y) {
    if (x.length != y.length || x.length < 2) {
      throw new IllegalArgumentException(
          "expected two or more pairs, got " + x.length + " and " + y.length);
    }
    return pearson(ranks(x), ranks(y));
  }

  private static double[] ranks(double[] values) {
    double[] ranks = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double value = values[i];
      long below = Arrays.stream(values).filter(other -> other < value).count();
      long equal = Arrays.stream(values).filter(other -> other == value).count();
      ranks[i] = below + (equal - 1) / 2.0;
    }
    return ranks;
  }

  private static double pearson(double[] x, double[] y) {
    double meanX = Arrays.stream(x).average().orElseThrow();
    double meanY = Arrays.stream(y).average().orElseThrow();
    double product = 0;
    double squaresX = 0;
    double squaresY = 0;
    for (int i = 0; i < x.length; i++) {
      product += (x[i] - meanX) * (y[i] - meanY);
      squaresX += (x[i] - meanX) * (x[i] - meanX);
      squaresY += (y[i] - meanY) * (y[i] - meanY);
    }
    return product / Math.sqrt(squaresX * squaresY);
  }
}
