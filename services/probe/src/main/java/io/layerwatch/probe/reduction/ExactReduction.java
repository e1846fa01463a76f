package io.layerwatch.probe.reduction;

import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;

/**
 * Statistics by loops in double, on the host, for layers that single precision cannot reduce: those
 * with a value that is not finite, or whose squares it does not hold. It is rare.
 */
final class ExactReduction {

  private ExactReduction() {}

  /** Reduces one layer's activations, tokens × hidden in row-major order. */
  static LayerStatistics reduce(
      float[] x, int tokens, double[] thresholds, double cosineSum, boolean prefill) {
    double[] values = new double[x.length];
    long nonFinite = 0;
    for (int i = 0; i < x.length; i++) {
      values[i] = x[i];
      nonFinite += Float.isFinite(x[i]) ? 0 : 1;
    }
    return new LayerStatistics(
        tokens,
        prefill ? 1 : 0,
        Moments.of(values),
        nonFinite,
        NearZeroLadder.of(thresholds, values),
        prefill ? pooledVariance(values, tokens) : 0,
        cosineSum);
  }

  /** Over the hidden units whose mean over tokens is finite. */
  private static double pooledVariance(double[] values, int tokens) {
    int hidden = values.length / tokens;
    double[] means = new double[hidden];
    for (int i = 0; i < values.length; i++) {
      means[i % hidden] += values[i] / tokens;
    }
    Moments moments = Moments.of(means);
    return moments.count() < 2 ? 0 : moments.m2() / (moments.count() - 1);
  }
}
