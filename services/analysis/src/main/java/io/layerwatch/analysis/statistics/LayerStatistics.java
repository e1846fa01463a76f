package io.layerwatch.analysis.statistics;

import java.util.OptionalDouble;

/**
 * What is known of one layer's activations at one site: the sufficient statistics behind every
 * score. Merging in any order or grouping equals one pass over all activations.
 *
 * @param tokens tokens whose activations are counted; padding never is
 * @param sequences prefilled sequences; decoded tokens add to {@code tokens} only
 * @param moments of the finite activations
 * @param nonFinite activations that were NaN or infinite
 * @param nearZero how many finite activations lie near zero
 * @param pooledVarianceSum over prefilled sequences: the mean over the sequence's tokens, then the
 *     unbiased variance over hidden units (the estimator of the code of arXiv 2411.02117)
 * @param cosineSum over tokens: the cosine of block input and block output (arXiv 2403.03853)
 */
public record LayerStatistics(
    long tokens,
    long sequences,
    Moments moments,
    long nonFinite,
    NearZeroLadder nearZero,
    double pooledVarianceSum,
    double cosineSum) {

  public LayerStatistics {
    requireCount("tokens", tokens);
    requireCount("sequences", sequences);
    requireCount("nonFinite", nonFinite);
    if (tokens == 0 && moments.count() + nonFinite > 0) {
      throw new IllegalArgumentException(
          "tokens: expected more than 0 with "
              + (moments.count() + nonFinite)
              + " activations, got 0");
    }
    if (sequences > tokens) {
      throw new IllegalArgumentException(
          "sequences: expected at most " + tokens + ", one for each token, got " + sequences);
    }
    int rungs = nearZero.size();
    if (rungs > 0 && nearZero.count(rungs - 1) > moments.count()) {
      throw new IllegalArgumentException(
          "nearZero: expected at most "
              + moments.count()
              + ", the finite activations, got "
              + nearZero.count(rungs - 1));
    }
    if (!Double.isFinite(pooledVarianceSum) || pooledVarianceSum < 0) {
      throw new IllegalArgumentException(
          "pooledVarianceSum: expected a finite number, 0 or more, got " + pooledVarianceSum);
    }
    if (sequences == 0 && pooledVarianceSum > 0) {
      throw new IllegalArgumentException(
          "pooledVarianceSum: expected 0 without sequences, got " + pooledVarianceSum);
    }
    // A cosine in single precision may pass 1 by rounding.
    if (!(Math.abs(cosineSum) <= tokens * (1 + 1e-5))) {
      throw new IllegalArgumentException(
          "cosineSum: expected at most " + tokens + " in size, one a token, got " + cosineSum);
    }
  }

  /** The statistics of no activations: the identity of {@link #merge} for these thresholds. */
  public static LayerStatistics empty(double... thresholds) {
    return new LayerStatistics(0, 0, Moments.EMPTY, 0, NearZeroLadder.empty(thresholds), 0, 0);
  }

  public LayerStatistics merge(LayerStatistics other) {
    return new LayerStatistics(
        tokens + other.tokens,
        sequences + other.sequences,
        moments.merge(other.moments),
        nonFinite + other.nonFinite,
        mergeLadders(other),
        pooledVarianceSum + other.pooledVarianceSum,
        cosineSum + other.cosineSum);
  }

  /** A heartbeat counted nothing, so the rungs that its ladder lacks take nothing away. */
  private NearZeroLadder mergeLadders(LayerStatistics other) {
    if (other.isEmpty()) {
      return nearZero;
    }
    return isEmpty() ? other.nearZero : nearZero.merge(other.nearZero);
  }

  /** Whether this is a heartbeat: no token was seen. */
  public boolean isEmpty() {
    return tokens == 0;
  }

  /**
   * Near-zero activations ÷ finite activations, or empty when there are no activations or the
   * ladder lacks the threshold.
   */
  public OptionalDouble sparsity(double threshold) {
    var below = nearZero.countBelow(threshold);
    return below.isEmpty() || moments.count() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) below.getAsLong() / moments.count());
  }

  /** Mean pooled variance of a sequence, or empty when no sequence was prefilled. */
  public OptionalDouble pooledVariance() {
    return sequences == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(pooledVarianceSum / sequences);
  }

  /**
   * Block influence, 1 − mean cosine of block input and output: how far the block turns its input
   * (ShortGPT, arXiv 2403.03853). Empty when no token was seen.
   */
  public OptionalDouble blockInfluence() {
    return tokens == 0 ? OptionalDouble.empty() : OptionalDouble.of(1 - cosineSum / tokens);
  }

  private static void requireCount(String field, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(field + ": expected 0 or more, got " + value);
    }
  }
}
