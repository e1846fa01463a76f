package io.layerwatch.scorer;

import io.layerwatch.scorer.Flush.Token;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * One layer's scores in one window, from all its activations at once: in exact arithmetic up to the
 * last division, and nothing like the code under test.
 *
 * @param flushes of the window, the site and the model
 */
record Offline(List<Flush> flushes, int layer) {

  private static final MathContext DIGITS = new MathContext(40);

  List<Token> tokens() {
    return flushes.stream().flatMap(flush -> flush.tokens().stream()).toList();
  }

  private double[] finite() {
    return all().filter(Double::isFinite).toArray();
  }

  private DoubleStream all() {
    return tokens().stream().flatMapToDouble(token -> DoubleStream.of(token.activations(layer)));
  }

  long count() {
    return finite().length;
  }

  long nonFinite() {
    return all().filter(value -> !Double.isFinite(value)).count();
  }

  double min() {
    return DoubleStream.of(finite()).min().orElse(Double.POSITIVE_INFINITY);
  }

  double max() {
    return DoubleStream.of(finite()).max().orElse(Double.NEGATIVE_INFINITY);
  }

  long nearZero(double threshold) {
    return DoubleStream.of(finite()).filter(value -> Math.abs(value) < threshold).count();
  }

  double mean() {
    return count() == 0 ? 0 : quotient(sum(decimals(finite())), count()).doubleValue();
  }

  double variance() {
    return count() == 0 ? 0 : quotient(spread(decimals(finite())), count() * count()).doubleValue();
  }

  OptionalDouble sparsity(double threshold) {
    return count() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) nearZero(threshold) / count());
  }

  OptionalDouble avss(double threshold) {
    return nearZero(threshold) == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(variance() * count() / nearZero(threshold));
  }

  long sequences() {
    return prefilled().size();
  }

  OptionalDouble pooledAvss(double threshold) {
    if (sequences() == 0 || nearZero(threshold) == 0) {
      return OptionalDouble.empty();
    }
    List<BigDecimal> pooled =
        prefilled().stream().map(flush -> pooledVariance(flush, layer)).toList();
    double mean = quotient(sum(pooled), sequences()).doubleValue();
    return OptionalDouble.of(mean * count() / nearZero(threshold));
  }

  OptionalDouble blockInfluence() {
    BigDecimal sum = sum(tokens().stream().map(token -> new BigDecimal(token.cosine())).toList());
    return tokens().isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(BigDecimal.ONE.subtract(quotient(sum, tokens().size())).doubleValue());
  }

  private List<Flush> prefilled() {
    return flushes.stream()
        .filter(flush -> flush.prefilled() && !flush.tokens().isEmpty())
        .toList();
  }

  /** Of one sequence: the unbiased variance over hidden units of their means over tokens. */
  static BigDecimal pooledVariance(Flush sequence, int layer) {
    List<BigDecimal> sums = new ArrayList<>();
    long tokens = sequence.tokens().size();
    int hidden = sequence.tokens().get(0).layers().get(layer).size();
    for (int unit = 0; unit < hidden; unit++) {
      int at = unit;
      double[] values =
          sequence.tokens().stream().mapToDouble(token -> token.activations(layer)[at]).toArray();
      // A unit that was not finite once has no mean.
      if (DoubleStream.of(values).allMatch(Double::isFinite)) {
        sums.add(sum(decimals(values)));
      }
    }
    long n = sums.size();
    return n < 2 ? BigDecimal.ZERO : quotient(spread(sums), n * (n - 1) * tokens * tokens);
  }

  /**
   * n · Σx² − (Σx)²: n² times the variance, without a division, so that equal numbers have none.
   */
  private static BigDecimal spread(List<BigDecimal> values) {
    BigDecimal squares = sum(values.stream().map(value -> value.pow(2)).toList());
    return squares.multiply(BigDecimal.valueOf(values.size())).subtract(sum(values).pow(2));
  }

  private static BigDecimal sum(List<BigDecimal> values) {
    return values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static BigDecimal quotient(BigDecimal number, long divisor) {
    return number.divide(BigDecimal.valueOf(divisor), DIGITS);
  }

  private static List<BigDecimal> decimals(double[] values) {
    return DoubleStream.of(values).mapToObj(BigDecimal::new).toList();
  }
}
