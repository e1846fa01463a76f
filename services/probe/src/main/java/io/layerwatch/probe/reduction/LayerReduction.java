package io.layerwatch.probe.reduction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Reduces one site's activations [layers, tokens, hidden] to statistics per layer.
 *
 * <p>Every sum over hidden units is taken per token in single precision around the token's own
 * mean, then cast and combined over tokens in double: a sum of squares in single precision would
 * lose a small variance beside a large mean. One copy from the device for each site.
 *
 * <p>Every array as large as the activations is closed as soon as it is used up: the next one then
 * gets its memory, still in the cache, instead of fresh pages, which cost more than the arithmetic.
 *
 * <p>A layer with a value that is not finite, or whose squares single precision does not hold, is
 * reduced again on the host in double ({@link ExactReduction}); it is rare.
 */
final class LayerReduction {

  private static final int[] HIDDEN = {2};

  private final double[] thresholds;

  LayerReduction(double[] thresholds) {
    this.thresholds = thresholds.clone();
  }

  /**
   * Statistics of each layer.
   *
   * @param x activations [layers, tokens, hidden]
   * @param cosineSums for each layer, over tokens: the cosine of block input and output
   * @param prefill whether the tokens are one whole sequence, which then counts as such
   */
  List<LayerStatistics> reduce(NDArray x, double[] cosineSums, boolean prefill) {
    int layers = (int) x.getShape().get(0);
    int tokens = (int) x.getShape().get(1);
    int hidden = (int) x.getShape().get(2);
    NDList columns = momentColumns(x, hidden);
    try (NDArray magnitude = x.abs()) {
      for (double threshold : thresholds) {
        columns.add(overTokens(signs(magnitude, threshold)));
      }
    }
    columns.add(prefill ? pooledVariance(x, hidden) : columns.get(0).mul(0));
    double[] table = NDArrays.stack(columns, 1).toDoubleArray();
    int width = columns.size();
    List<LayerStatistics> statistics = new ArrayList<>(layers);
    for (int layer = 0; layer < layers; layer++) {
      int at = layer * width;
      long count = (long) tokens * hidden;
      boolean constant = table[at + 2] == table[at + 3] && Double.isFinite(table[at + 2]);
      if (constant) {
        // What rounding left of equal activations is no variance.
        table[at] = table[at + 2];
        table[at + 1] = 0;
        table[at + width - 1] = 0;
      }
      if (constant || SinglePrecision.holds(table[at + 1] / count)) {
        statistics.add(statistics(table, at, tokens, count, cosineSums[layer], prefill));
      } else {
        float[] values = x.get(layer).toFloatArray();
        statistics.add(
            ExactReduction.reduce(values, tokens, thresholds, cosineSums[layer], prefill));
      }
    }
    return statistics;
  }

  /** Mean, m2, min and max of each layer, [layers] each, in double. */
  private static NDList momentColumns(NDArray x, int hidden) {
    NDArray tokenMeans = x.mean(HIDDEN, true);
    NDArray tokenSquares = SinglePrecision.sum(x.sub(tokenMeans));
    NDArray means = tokenMeans.squeeze(2).toType(DataType.FLOAT64, false);
    NDArray layerMeans = means.mean(new int[] {1}, true);
    NDArray betweenTokens = means.sub(layerMeans).square().sum(new int[] {1}).mul(hidden);
    return new NDList(
        layerMeans.squeeze(1),
        overTokens(tokenSquares).add(betweenTokens),
        ofEachLayer(x, NDArray::min),
        ofEachLayer(x, NDArray::max));
  }

  /**
   * Minus one for each magnitude below the threshold, one for each other: summed over hidden units,
   * [layers, tokens]. Comparing, casting and summing would cost four times as much on a CPU.
   */
  private static NDArray signs(NDArray magnitude, double threshold) {
    float bound = SinglePrecision.smallestNotBelow(threshold);
    // The bound itself is not below it: what is added turns its distance of 0, and no other's sign,
    // since the float before the bound is at least 2^-24 of it away.
    try (NDArray distance = magnitude.sub(bound)) {
      return distance.addi(Math.scalb(bound, -26)).signi().sum(HIDDEN);
    }
  }

  /** On a CPU, PyTorch reduces all of an array several times faster than along a dimension. */
  private static NDArray ofEachLayer(NDArray x, UnaryOperator<NDArray> reduction) {
    NDList layers = new NDList();
    for (long layer = 0; layer < x.getShape().get(0); layer++) {
      layers.add(reduction.apply(x.get(layer)));
    }
    return NDArrays.stack(layers).toType(DataType.FLOAT64, false);
  }

  private static NDArray overTokens(NDArray perToken) {
    return perToken.toType(DataType.FLOAT64, false).sum(new int[] {1});
  }

  /** [layers]: unbiased variance over hidden units of the mean over tokens. */
  private static NDArray pooledVariance(NDArray x, int hidden) {
    NDArray means = x.mean(new int[] {1}).toType(DataType.FLOAT64, false);
    NDArray centred = means.sub(means.mean(new int[] {1}, true));
    return centred.square().sum(new int[] {1}).div(Math.max(1, hidden - 1));
  }

  private LayerStatistics statistics(
      double[] table, int at, int tokens, long count, double cosineSum, boolean prefill) {
    long[] below = new long[thresholds.length];
    for (int i = 0; i < below.length; i++) {
      below[i] = Math.round((count - table[at + 4 + i]) / 2);
    }
    return new LayerStatistics(
        tokens,
        prefill ? 1 : 0,
        new Moments(count, table[at], table[at + 1], table[at + 2], table[at + 3]),
        0,
        new NearZeroLadder(thresholds, below),
        prefill ? table[at + 4 + below.length] : 0,
        cosineSum);
  }
}
