package io.layerwatch.scorer;

import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.nio.ByteBuffer;

/**
 * Statistics of one layer after the other in a state's bytes. Thresholds, which all layers have in
 * common, are written where they differ from those of the layer before.
 */
final class StatisticsBytes {

  private static final int NUMBERS = 4 * Long.BYTES + 6 * Double.BYTES;
  private static final int SAME_THRESHOLDS = -1;

  private NearZeroLadder before = NearZeroLadder.empty();

  /** The most bytes that these take. */
  static int largest(LayerStatistics statistics) {
    int rungs = statistics.nearZero().size();
    return NUMBERS + Integer.BYTES + rungs * (Double.BYTES + Long.BYTES);
  }

  void write(LayerStatistics statistics, ByteBuffer to) {
    Moments moments = statistics.moments();
    to.putLong(statistics.tokens()).putLong(statistics.sequences()).putLong(statistics.nonFinite());
    to.putLong(moments.count()).putDouble(moments.mean()).putDouble(moments.m2());
    to.putDouble(moments.min()).putDouble(moments.max());
    to.putDouble(statistics.pooledVarianceSum()).putDouble(statistics.cosineSum());
    NearZeroLadder ladder = statistics.nearZero();
    if (ladder.hasThresholdsOf(before)) {
      to.putInt(SAME_THRESHOLDS);
    } else {
      to.putInt(ladder.size());
      for (int rung = 0; rung < ladder.size(); rung++) {
        to.putDouble(ladder.threshold(rung));
      }
    }
    for (int rung = 0; rung < ladder.size(); rung++) {
      to.putLong(ladder.count(rung));
    }
    before = ladder;
  }

  LayerStatistics read(ByteBuffer from) {
    long tokens = from.getLong();
    long sequences = from.getLong();
    long nonFinite = from.getLong();
    Moments moments =
        new Moments(
            from.getLong(), from.getDouble(), from.getDouble(), from.getDouble(), from.getDouble());
    double pooledVarianceSum = from.getDouble();
    double cosineSum = from.getDouble();
    NearZeroLadder ladder = readLadder(from);
    return new LayerStatistics(
        tokens, sequences, moments, nonFinite, ladder, pooledVarianceSum, cosineSum);
  }

  private NearZeroLadder readLadder(ByteBuffer from) {
    int rungs = from.getInt();
    if (rungs != SAME_THRESHOLDS) {
      double[] thresholds = new double[rungs];
      from.asDoubleBuffer().get(thresholds);
      from.position(from.position() + rungs * Double.BYTES);
      before = NearZeroLadder.empty(thresholds);
    }
    long[] counts = new long[before.size()];
    from.asLongBuffer().get(counts);
    from.position(from.position() + counts.length * Long.BYTES);
    before = before.withCounts(counts);
    return before;
  }
}
