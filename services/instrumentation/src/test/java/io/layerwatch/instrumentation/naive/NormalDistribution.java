package io.layerwatch.instrumentation.naive;

/** The standard normal distribution. */
final class NormalDistribution {

  private NormalDistribution() {}

  /** Φ(x) = ½ + φ(x) · (x + x³/3 + x⁵/(3·5) + …), to rounding for the x of a small network. */
  static double cumulative(double x) {
    if (Math.abs(x) > 8) {
      return x > 0 ? 1 : 0;
    }
    double term = x;
    double series = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(series) && n < 500; n++) {
      term *= x * x / (2 * n + 1);
      series += term;
    }
    return 0.5 + series * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
