package io.layerwatch.analysis.statistics;

/**
 * Count, mean, spread and range of a set of finite numbers, mergeable with the moments of another
 * set as if both had been seen in one pass.
 *
 * <p>Merging uses the pairwise update of Chan, Golub and LeVeque (1979): with {@code δ = mean_b −
 * mean_a}, {@code m2 = m2_a + m2_b + δ² · n_a · n_b ÷ (n_a + n_b)}. It keeps full precision where a
 * sum of squares would cancel: for a large mean with a small variance. A mean r standard deviations
 * from zero still costs m2 about r · 1e-16 of itself at each merge, since the means are doubles.
 *
 * @param count how many numbers
 * @param mean their mean; 0 when there are none
 * @param m2 sum of squared deviations from the mean
 * @param min the smallest; {@code +Infinity} when there are none
 * @param max the largest; {@code -Infinity} when there are none
 */
public record Moments(long count, double mean, double m2, double min, double max) {

  /** The moments of no numbers: the identity of {@link #merge}. */
  public static final Moments EMPTY =
      new Moments(0, 0, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

  public Moments {
    if (count < 0) {
      throw new IllegalArgumentException("count: expected 0 or more, got " + count);
    }
    if (count == 0) {
      mean = 0;
      m2 = 0;
      min = Double.POSITIVE_INFINITY;
      max = Double.NEGATIVE_INFINITY;
    } else {
      requireFinite("mean", mean);
      requireFinite("m2", m2);
      requireFinite("min", min);
      requireFinite("max", max);
      if (m2 < 0) {
        throw new IllegalArgumentException("m2: expected 0 or more, got " + m2);
      }
      if (min > max) {
        throw new IllegalArgumentException("min: expected at most max " + max + ", got " + min);
      }
    }
  }

  /** The moments of the finite numbers among the values; the others are passed over. */
  public static Moments of(double... values) {
    long n = 0;
    double mean = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (Double.isFinite(value)) {
        n++;
        mean += (value - mean) / n;
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
    if (n == 0) {
      return EMPTY;
    }
    double sum = 0;
    double squares = 0;
    for (double value : values) {
      if (Double.isFinite(value)) {
        double deviation = value - mean;
        sum += deviation;
        squares += deviation * deviation;
      }
    }
    // The deviations' own mean is what rounding left in the first pass.
    double left = sum / n;
    return new Moments(n, mean + left, Math.max(0, squares - sum * left), min, max);
  }

  public Moments merge(Moments other) {
    if (other.count > count) {
      return other.merge(this);
    }
    if (other.count == 0) {
      return this;
    }
    // From the mean of the larger set: a small set's far-off mean would leave its rounding behind.
    long n = count + other.count;
    double delta = other.mean - mean;
    double otherShare = (double) other.count / n;
    return new Moments(
        n,
        mean + delta * otherShare,
        m2 + other.m2 + delta * delta * count * otherShare,
        Math.min(min, other.min),
        Math.max(max, other.max));
  }

  /** The population variance, m2 ÷ count; 0 when there are no numbers. */
  public double variance() {
    return count == 0 ? 0 : m2 / count;
  }

  private static void requireFinite(String field, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(field + ": expected a finite number, got " + value);
    }
  }
}
