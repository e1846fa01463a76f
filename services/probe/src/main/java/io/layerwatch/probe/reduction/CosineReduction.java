package io.layerwatch.probe.reduction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/**
 * Sums, over tokens, the cosine between each block's input and output. A token without a direction
 * (all zero, or not finite) counts as a cosine of 0.
 */
final class CosineReduction {

  /** Keeps a division by a zero norm at 0; two norms in single precision make 1e-90 or more. */
  private static final double SMALLEST_PRODUCT = 1e-100;

  private CosineReduction() {}

  /**
   * [layers] sums on the host.
   *
   * @param squares sums of squares of all states [layers + 1, tokens], in double where single
   *     precision does not hold them
   */
  static double[] sums(SiteActivations states, NDArray squares) {
    long layers = states.inputs().getShape().get(0);
    NDArray norms = squares.toType(DataType.FLOAT64, false).sqrt();
    NDArray product = norms.get("0:" + layers).mul(norms.get("1:" + (layers + 1)));
    NDArray dots = dots(states, squares.getDataType()).toType(DataType.FLOAT64, false);
    double[] sums = dots.div(product.maximum(SMALLEST_PRODUCT)).sum(new int[] {1}).toDoubleArray();
    for (int layer = 0; layer < sums.length; layer++) {
      if (!Double.isFinite(sums[layer])) {
        sums[layer] =
            onHost(
                states.inputs().get(layer).toFloatArray(),
                states.outputs().get(layer).toFloatArray(),
                (int) squares.getShape().get(1));
      }
    }
    return sums;
  }

  private static NDArray dots(SiteActivations states, DataType precision) {
    NDArray inputs = states.inputs().toType(precision, false);
    try (NDArray products = inputs.mul(states.outputs().toType(precision, false))) {
      return products.sum(new int[] {2});
    }
  }

  private static double onHost(float[] inputs, float[] outputs, int tokens) {
    int hidden = inputs.length / tokens;
    double sum = 0;
    for (int token = 0; token < tokens; token++) {
      double dot = 0;
      double inputSquare = 0;
      double outputSquare = 0;
      for (int i = token * hidden; i < (token + 1) * hidden; i++) {
        dot += (double) inputs[i] * outputs[i];
        inputSquare += (double) inputs[i] * inputs[i];
        outputSquare += (double) outputs[i] * outputs[i];
      }
      double cosine = dot / Math.sqrt(inputSquare) / Math.sqrt(outputSquare);
      sum += Double.isFinite(cosine) ? cosine : 0;
    }
    return sum;
  }
}
