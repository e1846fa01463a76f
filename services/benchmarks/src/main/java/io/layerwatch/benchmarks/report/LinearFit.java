package io.layerwatch.benchmarks.report;

/**
 * The straight line of least squares.
 *
 * @param intercept its value at 0
 * @param rSquared the share of the variance that it explains; 1 is a line
 */
public record LinearFit(double intercept, double slope, double rSquared) {

  /** Through two points or more, not all at one x. */
  public static LinearFit of(double[] x, double[] y) {
    double meanX = mean(x);
    double meanY = mean(y);
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      xy += (x[i] - meanX) * (y[i] - meanY);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    double slope = xy / xx;
    return new LinearFit(meanY - slope * meanX, slope, yy == 0 ? 1 : xy * xy / (xx * yy));
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
