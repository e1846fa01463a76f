package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Brings the last axis of activations to a common scale. Computed in single precision whatever the
 * activations' type, since squares of large activations leave the range of half precision.
 */
public sealed interface Norm {

  /** Normalises x [..., d]; the result has x's type. */
  NDArray apply(NDArray x);

  /** Number of its parameters; it has no matrix. */
  WeightSize size();

  /**
   * x ÷ √(mean square + epsilon) · gain (arXiv 1910.07467).
   *
   * @param gain [d], in single precision
   * @param epsilon an array, because DJL frees a Java number's array before autograd reads it
   */
  record Rms(NDArray gain, NDArray epsilon) implements Norm {

    @Override
    public NDArray apply(NDArray x) {
      NDArray single = x.toType(DataType.FLOAT32, false);
      NDArray meanSquare = single.square().mean(new int[] {-1}, true);
      NDArray normed = single.div(meanSquare.add(epsilon).sqrt()).mul(gain);
      return normed.toType(x.getDataType(), false);
    }

    @Override
    public WeightSize size() {
      return new WeightSize(gain.size(), 0);
    }
  }

  /**
   * (x − mean) ÷ √(variance + epsilon) · gain + bias (arXiv 1607.06450).
   *
   * @param gain [d], in single precision
   * @param bias [d], in single precision
   */
  record Layer(NDArray gain, NDArray bias, float epsilon) implements Norm {

    @Override
    public NDArray apply(NDArray x) {
      Shape width = gain.getShape();
      return ai.djl.nn.norm.LayerNorm.layerNorm(
              x.toType(DataType.FLOAT32, false), width, gain, bias, epsilon)
          .singletonOrThrow()
          .toType(x.getDataType(), false);
    }

    @Override
    public WeightSize size() {
      return new WeightSize(gain.size() + bias.size(), 0);
    }
  }
}
