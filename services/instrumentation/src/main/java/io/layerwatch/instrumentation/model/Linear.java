package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * A linear map: x · matrix + bias.
 *
 * @param matrix laid out [in, out], so that a row of activations multiplies it from the left
 * @param bias [out]
 */
public record Linear(NDArray matrix, Optional<NDArray> bias) {

  /** Without bias. */
  public Linear(NDArray matrix) {
    this(matrix, Optional.empty());
  }

  /** The map of a checkpoint's weight, which is laid out [out, in]: a view, no copy. */
  static Linear ofWeight(NDArray weight, Optional<NDArray> bias) {
    return new Linear(weight.transpose(), bias);
  }

  /** Maps x [..., in] to [..., out]. */
  NDArray apply(NDArray x) {
    NDArray product = x.matMul(matrix);
    return bias.map(product::add).orElse(product);
  }

  WeightSize size() {
    return new WeightSize(matrix.size() + bias.map(NDArray::size).orElse(0L), matrix.size());
  }
}
