package io.layerwatch.probe.reduction;

import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Statistics of one layer at one site, token by token. Every hidden unit has a lane of its own, so
 * that a token is added by vector instructions; lanes are merged by Chan's rule at the end, and
 * their means give the pooled variance for nothing.
 *
 * <p>A lane sums distances from the first of up to {@link #BLOCK} values in single precision, then
 * merges into double. That value is one of those summed, so what cancels is at most BLOCK + 1 times
 * the result. Over the lanes of a layer errors average out; tests hold its variance to 1e-6.
 */
final class LaneStatistics {

  private static final int BLOCK = 16;

  private final double[] thresholds;
  private final int[] edges;
  private final float[] origin;
  private final float[] sums;
  private final float[] squares;
  private final float[] least;
  private final float[] greatest;
  private final double[] means;
  private final double[] m2s;
  private final int[][] packed;
  private final int[] bits;
  private final long[] below;
  // Java's only way to see floats as bits that becomes two copies, not a loop of conversions.
  private final FloatBuffer bitsAsFloats;
  private final IntBuffer floatsAsBits;
  private int inBlock;
  private int tokens;

  LaneStatistics(int hidden, double[] thresholds) {
    this.thresholds = thresholds;
    this.edges = edges(thresholds);
    this.origin = new float[hidden];
    this.sums = new float[hidden];
    this.squares = new float[hidden];
    this.least = new float[hidden];
    this.greatest = new float[hidden];
    this.means = new double[hidden];
    this.m2s = new double[hidden];
    this.packed = new int[edges.length / VectorLoops.PACKED_THRESHOLDS][hidden];
    this.bits = new int[hidden];
    this.below = new long[edges.length];
    ByteBuffer memory =
        ByteBuffer.allocateDirect(hidden * Float.BYTES).order(ByteOrder.nativeOrder());
    this.bitsAsFloats = memory.asFloatBuffer();
    this.floatsAsBits = memory.asIntBuffer();
    clear();
  }

  /** A magnitude is below the threshold if and only if its bits are below these. */
  private static int[] edges(double[] thresholds) {
    int groups =
        (thresholds.length + VectorLoops.PACKED_THRESHOLDS - 1) / VectorLoops.PACKED_THRESHOLDS;
    int[] edges = new int[groups * VectorLoops.PACKED_THRESHOLDS];
    for (int i = 0; i < thresholds.length; i++) {
      edges[i] = Float.floatToRawIntBits(SinglePrecision.smallestNotBelow(thresholds[i]));
    }
    return edges;
  }

  private void clear() {
    Arrays.fill(least, Float.POSITIVE_INFINITY);
    Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
    Arrays.fill(means, 0);
    Arrays.fill(m2s, 0);
    Arrays.fill(below, 0);
    tokens = 0;
  }

  /** Adds one token's activations. */
  void add(float[] x) {
    if (inBlock == 0) {
      System.arraycopy(x, 0, origin, 0, x.length);
    }
    VectorLoops.addMoments(x, origin, sums, squares);
    VectorLoops.lower(least, x);
    VectorLoops.raise(greatest, x);
    bitsAsFloats.put(0, x, 0, x.length);
    floatsAsBits.get(0, bits, 0, x.length);
    for (int group = 0; group < packed.length; group++) {
      VectorLoops.countBelow(bits, packed[group], edges, group * VectorLoops.PACKED_THRESHOLDS);
    }
    inBlock++;
    // A sequence's first token may be unlike all others (attention sinks): it is no origin for
    // them.
    if (inBlock == BLOCK || tokens + inBlock == 1) {
      endBlock();
    }
  }

  private void endBlock() {
    double part = 1.0 / inBlock;
    double share = (double) inBlock / (tokens + inBlock);
    double weight = share * tokens;
    for (int i = 0; i < sums.length; i++) {
      double meanDistance = sums[i] * part;
      double delta = origin[i] + meanDistance - means[i];
      means[i] += delta * share;
      m2s[i] += squares[i] - sums[i] * meanDistance + delta * delta * weight;
    }
    Arrays.fill(sums, 0);
    Arrays.fill(squares, 0);
    for (int i = 0; i < below.length; i++) {
      int[] counters = packed[i / VectorLoops.PACKED_THRESHOLDS];
      below[i] += VectorLoops.unpackedSum(counters, i % VectorLoops.PACKED_THRESHOLDS);
    }
    for (int[] counters : packed) {
      Arrays.fill(counters, 0);
    }
    tokens += inBlock;
    inBlock = 0;
  }

  /**
   * The statistics of all tokens added, and an empty start for others.
   *
   * @return empty where single precision does not hold them: a value is not finite, or squares are
   *     too large or too small
   */
  Optional<LayerStatistics> take(double cosineSum, boolean prefill) {
    if (inBlock > 0) {
      endBlock();
    }
    Optional<LayerStatistics> statistics = statistics(cosineSum, prefill);
    clear();
    return statistics;
  }

  private Optional<LayerStatistics> statistics(double cosineSum, boolean prefill) {
    int lanes = means.length;
    long count = (long) tokens * lanes;
    double mean = 0;
    double within = 0;
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < lanes; i++) {
      mean += means[i];
      within += m2s[i];
      min = Math.min(min, least[i]);
      max = Math.max(max, greatest[i]);
    }
    mean /= lanes;
    double between = 0;
    for (double laneMean : means) {
      between += (laneMean - mean) * (laneMean - mean);
    }
    double m2 = Math.max(0, within) + tokens * between;
    if (min == max) {
      // What rounding left of equal activations is no variance.
      mean = min;
      m2 = 0;
      between = 0;
    } else if (!SinglePrecision.holds(m2 / count)) {
      return Optional.empty();
    }
    return Optional.of(
        new LayerStatistics(
            tokens,
            prefill ? 1 : 0,
            new Moments(count, mean, m2, min, max),
            0,
            new NearZeroLadder(thresholds, Arrays.copyOf(below, thresholds.length)),
            prefill ? between / Math.max(1, lanes - 1) : 0,
            cosineSum));
  }
}
