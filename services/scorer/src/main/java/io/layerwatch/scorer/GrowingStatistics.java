package io.layerwatch.scorer;

import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;

/** Statistics in one object and an array, which take in the numbers of others. */
final class GrowingStatistics {

  // For its thresholds; the counts are apart.
  private NearZeroLadder ladder = NearZeroLadder.empty();
  private long[] nearZero = {};
  private long tokens;
  private long sequences;
  private long count;
  private double mean;
  private double m2;
  private double min;
  private double max;
  private long nonFinite;
  private double pooledVarianceSum;
  private double cosineSum;

  GrowingStatistics(LayerStatistics first) {
    become(first);
  }

  long tokens() {
    return tokens;
  }

  LayerStatistics total() {
    return new LayerStatistics(
        tokens,
        sequences,
        new Moments(count, mean, m2, min, max),
        nonFinite,
        ladder.withCounts(nearZero),
        pooledVarianceSum,
        cosineSum);
  }

  /** What it would be with those, too. */
  LayerStatistics plus(LayerStatistics more) {
    return total().merge(more);
  }

  /** Takes the numbers of those. */
  void become(LayerStatistics other) {
    Moments moments = other.moments();
    tokens = other.tokens();
    sequences = other.sequences();
    count = moments.count();
    mean = moments.mean();
    m2 = moments.m2();
    min = moments.min();
    max = moments.max();
    nonFinite = other.nonFinite();
    pooledVarianceSum = other.pooledVarianceSum();
    cosineSum = other.cosineSum();
    become(other.nearZero());
  }

  private void become(NearZeroLadder other) {
    if (nearZero.length != other.size() || !ladder.hasThresholdsOf(other)) {
      ladder = other;
      nearZero = new long[other.size()];
    }
    for (int rung = 0; rung < nearZero.length; rung++) {
      nearZero[rung] = other.count(rung);
    }
  }
}
