package io.layerwatch.instrumentation.publish;

import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;

/**
 * Widens the smallest and the largest activation to powers of 16. An exact extreme is one
 * activation of one token, which tells that token among thousands: the first of a sequence, whose
 * activations depend on nothing else, holds the extremes of most layers. What is left tells the
 * order of magnitude.
 */
final class BroadExtremes {

  private static final int BITS = 4;

  private BroadExtremes() {}

  static LayerStatistics of(LayerStatistics exact) {
    Moments moments = exact.moments();
    if (moments.count() == 0) {
      return exact;
    }
    return new LayerStatistics(
        exact.tokens(),
        exact.sequences(),
        new Moments(
            moments.count(), moments.mean(), moments.m2(), -up(-moments.min()), up(moments.max())),
        exact.nonFinite(),
        exact.nearZero(),
        exact.pooledVarianceSum(),
        exact.cosineSum());
  }

  /** The next number that is no less, of 0 and the powers of 16 and their negatives. */
  private static double up(double value) {
    double size = Math.abs(value);
    if (size == 0) {
      return value;
    }
    int power = BITS * Math.floorDiv(Math.getExponent(size), BITS);
    double below = Math.scalb(1.0, power);
    if (value < 0) {
      return -below;
    }
    return below == size ? size : Math.scalb(1.0, power + BITS);
  }
}
