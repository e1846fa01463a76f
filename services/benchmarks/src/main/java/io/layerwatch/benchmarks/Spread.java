package io.layerwatch.benchmarks;

import java.util.Collection;
import java.util.Locale;

/**
 * Measured values in short.
 *
 * @param low a quarter of the values lies below
 * @param high a quarter lies above
 */
public record Spread(double low, double median, double high) {

  /** Of one value or more. */
  public static Spread of(Collection<Double> values) {
    return new Spread(quantile(0.25, values), quantile(0.5, values), quantile(0.75, values));
  }

  /** The median, and in brackets the middle half, with so many digits after the point. */
  public String text(int digits) {
    String number = "%,." + digits + "f";
    return String.format(
        Locale.ROOT, number + " (" + number + "–" + number + ")", median, low, high);
  }

  /** The value below which that share of the values lies, interpolated. */
  static double quantile(double share, Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double at = share * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = (int) Math.ceil(at);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
