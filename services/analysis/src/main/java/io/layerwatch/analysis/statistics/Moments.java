package io.layerwatch.analysis.statistics;

/**
 * Count, mean, spread and range of a set of finite numbers, mergeable with the moments of another
 * set as if both had been seen in one pass.
 *
 * <p>Merging uses the pairwise update of Chan, Golub and LeVeque (1979): with {@code δ = mean_b −
 * mean_a}, {@code m2 = m2_a + m2_b + δ² · n_a · n_b ÷ (n_a + n_b)}. It keeps full precision where a
 * sum of squares would cancel: for a large mean with a small variance.
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
    double m2 = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (Double.isFinite(value)) {
        n++;
        double delta = value - mean;
        mean += delta / n;
        m2 += delta * (value - mean);
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
    return new Moments(n, mean, m2, min, max);
  }

  public Moments merge(Moments other) {
    if (other.count == 0) {
      return this;
    }
    if (count == 0) {
      return other;
    }
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
