package io.layerwatch.probe.reduction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Residual streams on the host, [layers + 1][tokens][hidden], and on the device. */
public final class States {

  public static final int HIDDEN = 43;

  private States() {}

  /** Some of the tokens, as a decoder returns them. */
  public static List<NDArray> pass(NDManager scope, float[][][] states, int from, int to) {
    List<NDArray> arrays = new ArrayList<>();
    for (float[][] state : states) {
      float[] flat = new float[(to - from) * HIDDEN];
      for (int token = from; token < to; token++) {
        System.arraycopy(state[token], 0, flat, (token - from) * HIDDEN, HIDDEN);
      }
      arrays.add(scope.create(flat, new Shape(1, (long) to - from, HIDDEN)).duplicate());
    }
    return arrays;
  }

  public static float[][][] of(int layers, int tokens, DoubleSupplier value) {
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

  /** Some of the tokens of every state. */
  static float[][][] slice(float[][][] states, int from, int to) {
    float[][][] slice = new float[states.length][][];
    for (int i = 0; i < states.length; i++) {
      slice[i] = Arrays.copyOfRange(states[i], from, to);
    }
    return slice;
  }

  /** The values of arrays [1, tokens, hidden]. */
  static float[][][] ofArrays(List<NDArray> arrays) {
    int tokens = (int) arrays.get(0).getShape().get(1);
    float[][][] states = new float[arrays.size()][tokens][HIDDEN];
    for (int i = 0; i < states.length; i++) {
      float[] flat = arrays.get(i).toType(DataType.FLOAT32, true).toFloatArray();
      for (int token = 0; token < tokens; token++) {
        System.arraycopy(flat, token * HIDDEN, states[i][token], 0, HIDDEN);
      }
    }
    return states;
  }
}
