package io.layerwatch.analysis.statistics;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How many activations lie near zero, for each threshold of a ladder: {@code |x| < threshold},
 * strictly.
 *
 * <p>Ladders merge by addition. Where two ladders differ in thresholds, the merged one holds those
 * that both counted, because a count that misses half of the activations says nothing about all of
 * them.
 */
public final class NearZeroLadder {

  /** A ladder is part of every summary and of every layer's score. */
  public static final int MOST_RUNGS = 64;

  private final double[] thresholds;
  private final long[] counts;

  /**
   * A ladder of counts.
   *
   * @param thresholds positive, strictly ascending, at most {@value #MOST_RUNGS}
   * @param counts one for each threshold, 0 or more, not descending
   */
  public NearZeroLadder(double[] thresholds, long[] counts) {
    if (thresholds.length != counts.length) {
      throw new IllegalArgumentException(
          "near-zero ladder: expected a count for each threshold, got "
              + counts.length
              + " for "
              + thresholds.length);
    }
    if (thresholds.length > MOST_RUNGS) {
      throw new IllegalArgumentException(
          "near-zero ladder: expected at most "
              + MOST_RUNGS
              + " thresholds, got "
              + thresholds.length);
    }
    for (int i = 0; i < thresholds.length; i++) {
      double below = i == 0 ? 0 : thresholds[i - 1];
      if (!(thresholds[i] > below && Double.isFinite(thresholds[i]))) {
        throw new IllegalArgumentException(
            "near-zero ladder: expected positive ascending thresholds, got "
                + Arrays.toString(thresholds));
      }
    }
    requireAscending(counts);
    this.thresholds = thresholds.clone();
    this.counts = counts.clone();
  }

  /**
   * Shares thresholds that were looked at before; a ladder of every record need not hold its own.
   */
  private NearZeroLadder(NearZeroLadder thresholdsOf, long[] counts) {
    requireAscending(counts);
    this.thresholds = thresholdsOf.thresholds;
    this.counts = counts;
  }

  private static void requireAscending(long[] counts) {
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] < (i == 0 ? 0 : counts[i - 1])) {
        throw new IllegalArgumentException(
            "near-zero ladder: expected counts of 0 or more that do not descend, got "
                + Arrays.toString(counts));
      }
    }
  }

  /** A ladder that has counted nothing yet. */
  public static NearZeroLadder empty(double... thresholds) {
    return new NearZeroLadder(thresholds, new long[thresholds.length]);
  }

  /** Counts the finite values below each threshold. */
  public static NearZeroLadder of(double[] thresholds, double... values) {
    long[] counts = new long[thresholds.length];
    for (double value : values) {
      if (Double.isFinite(value)) {
        double magnitude = Math.abs(value);
        for (int i = thresholds.length - 1; i >= 0 && magnitude < thresholds[i]; i--) {
          counts[i]++;
        }
      }
    }
    return new NearZeroLadder(thresholds, counts);
  }

  public NearZeroLadder merge(NearZeroLadder other) {
    if (hasThresholdsOf(other)) {
      long[] sums = counts.clone();
      for (int i = 0; i < sums.length; i++) {
        sums[i] += other.counts[i];
      }
      return new NearZeroLadder(this, sums);
    }
    TreeMap<Double, Long> common = new TreeMap<>();
    for (int i = 0; i < thresholds.length; i++) {
      long count = counts[i];
      double threshold = thresholds[i];
      other.countBelow(threshold).ifPresent(others -> common.put(threshold, count + others));
    }
    return new NearZeroLadder(
        common.keySet().stream().mapToDouble(Double::doubleValue).toArray(),
        common.values().stream().mapToLong(Long::longValue).toArray());
  }

  /** The count at exactly that threshold, or empty when the ladder has no such rung. */
  public OptionalLong countBelow(double threshold) {
    int rung = Arrays.binarySearch(thresholds, threshold);
    return rung < 0 ? OptionalLong.empty() : OptionalLong.of(counts[rung]);
  }

  /** Whether both ladders count below the same thresholds. */
  public boolean hasThresholdsOf(NearZeroLadder other) {
    return thresholds == other.thresholds || Arrays.equals(thresholds, other.thresholds);
  }

  /**
   * A ladder of these thresholds.
   *
   * @param counts one for each, as the constructor takes them
   */
  public NearZeroLadder withCounts(long... counts) {
    if (counts.length != thresholds.length) {
      throw new IllegalArgumentException(
          "near-zero ladder: expected a count for each threshold, got "
              + counts.length
              + " for "
              + thresholds.length);
    }
    return new NearZeroLadder(this, counts.clone());
  }

  /** How many rungs the ladder has. */
  public int size() {
    return thresholds.length;
  }

  public double threshold(int rung) {
    return thresholds[rung];
  }

  public long count(int rung) {
    return counts[rung];
  }

  public double[] thresholds() {
    return thresholds.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NearZeroLadder ladder
        && Arrays.equals(thresholds, ladder.thresholds)
        && Arrays.equals(counts, ladder.counts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(thresholds) + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < thresholds.length; i++) {
      text.append(i == 0 ? "" : ", ").append(thresholds[i]).append(": ").append(counts[i]);
    }
    return text.append('}').toString();
  }
}
