package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.checkpoint.RotaryEmbedding;

/**
 * Rotary position embedding (arXiv 2104.09864) in the half-split layout of Hugging Face: of the r
 * turning elements of a head, element i turns with element i + r ÷ 2 by the angle position ·
 * theta^(−2i ÷ r), its frequency scaled as the checkpoint says. The elements after them stay.
 */
final class Rotary {

  private final int size;

  /** [context, r]: the cosines of both halves. */
  private final NDArray cosines;

  /** [context, r]: the sines, negated for the first half. */
  private final NDArray signedSines;

  Rotary(NDManager manager, RotaryEmbedding embedding, int contextLength, DataType type) {
    this.size = embedding.size();
    int half = size / 2;
    float[] cosine = new float[contextLength * size];
    float[] sine = new float[contextLength * size];
    for (int i = 0; i < half; i++) {
      double frequency = embedding.scaling().scale(Math.pow(embedding.theta(), -2.0 * i / size));
      for (int position = 0; position < contextLength; position++) {
        double angle = position * frequency;
        int at = position * size + i;
        cosine[at] = cosine[at + half] = (float) Math.cos(angle);
        sine[at] = (float) -Math.sin(angle);
        sine[at + half] = (float) Math.sin(angle);
      }
    }
    Shape shape = new Shape(contextLength, size);
    cosines = manager.create(cosine, shape).toType(type, false);
    signedSines = manager.create(sine, shape).toType(type, false);
  }

  /** The angles of positions start to start + length, for one forward pass. */
  Angles at(NDManager scope, int start, int length) {
    NDIndex rows = new NDIndex(start + ":" + (start + length));
    NDArray cosine = cosines.get(rows);
    NDArray sine = signedSines.get(rows);
    cosine.attach(scope);
    sine.attach(scope);
    return new Angles(cosine, sine, size);
  }

  /** Cosines and signed sines, [length, size] each. */
  record Angles(NDArray cosines, NDArray signedSines, int size) {

    /** Turns x [batch, heads, length, headSize]. */
    NDArray rotate(NDArray x) {
      if (x.getShape().get(3) == size) {
        return turn(x);
      }
      NDList parts = x.split(new long[] {size}, 3);
      return NDArrays.concat(new NDList(turn(parts.get(0)), parts.get(1)), 3);
    }

    private NDArray turn(NDArray x) {
      NDList halves = x.split(2, 3);
      NDArray swapped = NDArrays.concat(new NDList(halves.get(1), halves.get(0)), 3);
      return x.mul(cosines).add(swapped.mul(signedSines));
    }
  }
}
