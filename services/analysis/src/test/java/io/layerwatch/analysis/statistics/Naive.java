package io.layerwatch.analysis.statistics;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/** Two passes in 60 decimal digits: as good as exact, and nothing like the code under test. */
final class Naive {

  private static final MathContext DIGITS = new MathContext(60);

  private Naive() {}

  static double mean(List<Double> values) {
    return exactMean(values).doubleValue();
  }

  static double m2(List<Double> values) {
    BigDecimal mean = exactMean(values);
    return values.stream()
        .map(value -> new BigDecimal(value).subtract(mean, DIGITS).pow(2, DIGITS))
        .reduce(BigDecimal.ZERO, (a, b) -> a.add(b, DIGITS))
        .doubleValue();
  }

  private static BigDecimal exactMean(List<Double> values) {
    return values.stream()
        .map(BigDecimal::new)
        .reduce(BigDecimal.ZERO, (a, b) -> a.add(b, DIGITS))
        .divide(new BigDecimal(values.size()), DIGITS);
  }
}
