package io.layerwatch.analysis.drift;

import java.util.List;

/**
 * How a layer scored in the first windows of its revision, and how much that varied. Scores are
 * positive and vary by factors, so both are of their natural logarithms.
 *
 * @param windows it is made of
 * @param mean of the logarithms
 * @param deviation standard deviation of the logarithms, in the long run: windows that resemble
 *     their neighbours vary more over an hour than from one to the next
 */
public record Baseline(int windows, double mean, double deviation) {

  /** Lags at which windows may resemble each other. */
  private static final int LAGS = 6;

  /** Less is rounding. */
  private static final double LEAST_DEVIATION = 1e-6;

  /**
   * Of the logarithms of the first windows, in their order.
   *
   * <p>The long run's variance is γ₀ + 2 Σ (1 − j ÷ (m + 1)) γⱼ over m lags, γⱼ being the
   * autocovariance at lag j (Newey and West 1987), but never less than the plain variance γ₀.
   */
  public static Baseline of(List<Double> logs) {
    int count = logs.size();
    double mean = logs.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double variance = covariance(logs, mean, 0);
    double longRun = variance;
    int lags = Math.min(LAGS, count / 8);
    for (int lag = 1; lag <= lags; lag++) {
      longRun += 2 * (1 - lag / (lags + 1.0)) * covariance(logs, mean, lag);
    }
    double deviation = Math.sqrt(Math.max(variance, longRun));
    return new Baseline(count, mean, Math.max(LEAST_DEVIATION, deviation));
  }

  private static double covariance(List<Double> logs, double mean, int lag) {
    double sum = 0;
    for (int i = lag; i < logs.size(); i++) {
      sum += (logs.get(i) - mean) * (logs.get(i - lag) - mean);
    }
    return sum / (logs.size() - 1);
  }

  /** The score itself: the geometric mean of the windows'. */
  public double score() {
    return Math.exp(mean);
  }

  /** How far the mean itself may be off: two standard errors. */
  double uncertainty() {
    return 2 * deviation / Math.sqrt(windows);
  }
}
