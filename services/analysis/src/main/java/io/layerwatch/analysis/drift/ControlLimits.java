package io.layerwatch.analysis.drift;

/**
 * The two numbers of a CUSUM chart (Page 1954), in natural logarithms of a score.
 *
 * @param allowance deviation from the baseline that each window is allowed
 * @param threshold sum of what goes beyond, at which drift is raised or cleared
 */
record ControlLimits(double allowance, double threshold) {

  /**
   * Mean number of windows to a false alarm, on each side of each chart: over 80 layers, two scores
   * at three sites and two sides a month of minutes has 41 million.
   */
  private static final double WINDOWS_TO_FALSE_ALARM = 4e7;

  /** Of a deviation that is itself an estimate. */
  private static final double SAFETY = 1.15;

  /** A shift as large as the one sought has to last for longer than that. */
  private static final double LEAST_WINDOWS = 7;

  /** Continuous time's barrier for discrete steps (Siegmund 1985). */
  private static final double OVERSHOOT = 1.166;

  /**
   * Half of the shift sought is allowed, which finds it the soonest (Moustakides 1986), and besides
   * what the baseline may be off.
   */
  static ControlLimits of(Baseline baseline, DriftCriteria criteria) {
    double half = Math.log1p(criteria.shift()) / 2;
    return new ControlLimits(
        half + baseline.uncertainty(),
        Math.max(LEAST_WINDOWS * half, threshold(half, SAFETY * baseline.deviation())));
  }

  /**
   * Threshold of a chart on independent normal deviations that gives a false alarm every {@link
   * #WINDOWS_TO_FALSE_ALARM}: (e^(2Δb) − 2Δb − 1) ÷ (2Δ²) = windows, Δ being the allowance and b −
   * 1.166 the threshold in standard deviations (Siegmund 1985).
   */
  private static double threshold(double allowance, double deviation) {
    double slope = 2 * allowance / deviation;
    double wanted = WINDOWS_TO_FALSE_ALARM * slope * slope / 2;
    // e^x − x − 1 = wanted, by Newton's method from above, which converges monotonically.
    double x = Math.log(wanted + 1) + 4;
    double step;
    do {
      step = (Math.expm1(x) - x - wanted) / Math.expm1(x);
      x -= step;
    } while (step > 1e-9 * x);
    return Math.max(0, x / slope - OVERSHOOT) * deviation;
  }

  /**
   * A sum after one window more. A single window, however far off, does not reach the threshold
   * from nothing: it takes two.
   */
  double add(double sum, double deviation) {
    return Math.max(0, sum + Math.min(deviation - allowance, 0.6 * threshold));
  }

  boolean reachedBy(double sum) {
    return sum >= threshold;
  }
}
