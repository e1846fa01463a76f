package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;

/**
 * The matrix of a linear map without bias, laid out [in, out] so that a row of activations
 * multiplies it from the left.
 */
public record Kernel(NDArray matrix) {

  /** The kernel of a checkpoint's weight, which is laid out [out, in]: a view, no copy. */
  static Kernel ofWeight(NDArray weight) {
    return new Kernel(weight.transpose());
  }

  /** Maps x [..., in] to [..., out]. */
  NDArray apply(NDArray x) {
    return x.matMul(matrix);
  }
}
