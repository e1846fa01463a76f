package io.layerwatch.benchmarks;

import java.util.Collection;

/**
 * Delays in short.
 *
 * @param samples how many there are
 */
public record Quantiles(int samples, double median, double p99, double largest) {

  /** Of one value or more. */
  public static Quantiles of(Collection<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalStateException("expected measured values, got none");
    }
    return new Quantiles(
        values.size(),
        Spread.quantile(0.5, values),
        Spread.quantile(0.99, values),
        Spread.quantile(1, values));
  }
}
