package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.layerwatch.instrumentation.checkpoint.Activation;

/** The activation functions on arrays. */
final class Activations {

  /** ½ · (1 + tanh(z)) is sigmoid(2 · z); these are twice the constants of z. */
  private static final float LINEAR = (float) (2 * Math.sqrt(2 / Math.PI));

  private static final float CUBIC = (float) (0.044715 * 2 * Math.sqrt(2 / Math.PI));

  private Activations() {}

  static NDArray apply(Activation activation, NDArray x) {
    return switch (activation) {
      case SILU -> x.mul(sigmoid(x));
      case GELU -> ai.djl.nn.Activation.gelu(x);
      case GELU_TANH -> geluTanh(x);
      case RELU -> ai.djl.nn.Activation.relu(x);
    };
  }

  /** In single precision: a square of 256 leaves the range of half precision. */
  private static NDArray geluTanh(NDArray x) {
    NDArray single = x.toType(DataType.FLOAT32, false);
    NDArray inner = single.square().muli(CUBIC).addi(LINEAR).muli(single);
    return single.mul(sigmoid(inner)).toType(x.getDataType(), false);
  }

  private static NDArray sigmoid(NDArray x) {
    return ai.djl.nn.Activation.sigmoid(x);
  }
}
