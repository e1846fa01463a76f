package io.layerwatch.instrumentation.analyze;

import java.math.BigDecimal;

/** How a near-zero threshold is written as a JSON key: {@code 1e-5}, {@code 2.5e-3}. */
final class Thresholds {

  private Thresholds() {}

  static String written(double threshold) {
    BigDecimal value = BigDecimal.valueOf(threshold).stripTrailingZeros();
    int exponent = value.precision() - value.scale() - 1;
    BigDecimal mantissa = value.movePointLeft(exponent).stripTrailingZeros();
    return mantissa.toPlainString() + "e" + exponent;
  }
}
