package io.layerwatch.instrumentation.probe;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Residual streams on the host, [layers + 1][tokens][hidden], and on the device. */
final class States {

  static final int HIDDEN = 40;

  private States() {}

  /** Some of the tokens, as a decoder returns them. */
  static Pass pass(NDManager scope, float[][][] states, int from, int to) {
    List<NDArray> arrays = new ArrayList<>();
    for (float[][] state : states) {
      float[] flat = new float[(to - from) * HIDDEN];
      for (int token = from; token < to; token++) {
        System.arraycopy(state[token], 0, flat, (token - from) * HIDDEN, HIDDEN);
      }
      arrays.add(scope.create(flat, new Shape(1, (long) to - from, HIDDEN)).duplicate());
    }
    return new Pass(arrays);
  }

  static float[][][] of(int layers, int tokens, DoubleSupplier value) {
    float[][][] states = new float[layers + 1][tokens][HIDDEN];
    for (float[][] state : states) {
      for (float[] token : state) {
        for (int i = 0; i < HIDDEN; i++) {
          token[i] = (float) value.getAsDouble();
        }
      }
    }
    return states;
  }
}
