package io.layerwatch.probe.reduction;

/**
 * The loops of {@link HostReduction}, each over arrays of one length at one index and with one kind
 * of work: the form that HotSpot turns into vector instructions. The same work in one loop runs
 * several times slower.
 */
final class VectorLoops {

  /** Thresholds that one packed counter holds. */
  static final int PACKED_THRESHOLDS = 5;

  /** Additions after which a packed counter may overflow into its neighbour. */
  static final int PACKED_ADDITIONS = (1 << VectorLoops.PACKED_BITS) - 1;

  private static final int PACKED_BITS = 6;
  private static final int PACKED_MASK = PACKED_ADDITIONS;
  private static final int MAGNITUDE = Integer.MAX_VALUE;

  private VectorLoops() {}

  static void subtract(float[] from, float[] what, float[] result) {
    for (int i = 0; i < result.length; i++) {
      result[i] = from[i] - what[i];
    }
  }

  static void multiply(float[] x, float factor, float[] result) {
    for (int i = 0; i < result.length; i++) {
      result[i] = x[i] * factor;
    }
  }

  /** Adds distances from the origin, and their squares. */
  static void addMoments(float[] x, float[] origin, float[] sums, float[] squares) {
    for (int i = 0; i < x.length; i++) {
      float distance = x[i] - origin[i];
      sums[i] += distance;
      squares[i] += distance * distance;
    }
  }

  static void lower(float[] least, float[] x) {
    for (int i = 0; i < x.length; i++) {
      least[i] = Math.min(least[i], x[i]);
    }
  }

  static void raise(float[] greatest, float[] x) {
    for (int i = 0; i < x.length; i++) {
      greatest[i] = Math.max(greatest[i], x[i]);
    }
  }

  /**
   * Counts magnitudes below five thresholds, in 6 bits each of one packed counter: magnitudes are
   * ordered as their bits are, so the sign of a difference of bits tells.
   *
   * @param bits of the numbers
   * @param edges bits of {@link #PACKED_THRESHOLDS} thresholds, from {@code at}; 0 counts nothing
   */
  static void countBelow(int[] bits, int[] packed, int[] edges, int at) {
    int a = edges[at];
    int b = edges[at + 1];
    int c = edges[at + 2];
    int d = edges[at + 3];
    int e = edges[at + 4];
    for (int i = 0; i < bits.length; i++) {
      int magnitude = bits[i] & MAGNITUDE;
      packed[i] +=
          ((magnitude - a) >>> 31)
              + (((magnitude - b) >>> 31) << PACKED_BITS)
              + (((magnitude - c) >>> 31) << (2 * PACKED_BITS))
              + (((magnitude - d) >>> 31) << (3 * PACKED_BITS))
              + (((magnitude - e) >>> 31) << (4 * PACKED_BITS));
    }
  }

  /** The sum of one threshold's counters. */
  static int unpackedSum(int[] packed, int threshold) {
    int shift = threshold * PACKED_BITS;
    int sum = 0;
    for (int i = 0; i < packed.length; i++) {
      sum += (packed[i] >>> shift) & PACKED_MASK;
    }
    return sum;
  }

  /**
   * The scalar product, in single precision. HotSpot keeps the order of a sum, so eight sums run
   * side by side: with fewer each addition waits for the one before it.
   */
  static double dot(float[] x, float[] y) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    float e = 0;
    float f = 0;
    float g = 0;
    float h = 0;
    int i = 0;
    for (; i + 7 < x.length; i += 8) {
      a += x[i] * y[i];
      b += x[i + 1] * y[i + 1];
      c += x[i + 2] * y[i + 2];
      d += x[i + 3] * y[i + 3];
      e += x[i + 4] * y[i + 4];
      f += x[i + 5] * y[i + 5];
      g += x[i + 6] * y[i + 6];
      h += x[i + 7] * y[i + 7];
    }
    for (; i < x.length; i++) {
      a += x[i] * y[i];
    }
    return (double) a + b + c + d + e + f + g + h;
  }

  static double exactDot(float[] x, float[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (double) x[i] * y[i];
    }
    return sum;
  }
}
