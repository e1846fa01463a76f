package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.checkpoint.LlamaConfig;

/**
 * Rotary position embedding (arXiv 2104.09864) in the half-split layout of Hugging Face: element i
 * of a head turns with element i + headSize ÷ 2 by the angle position · theta^(−2i ÷ headSize), its
 * frequency scaled as the checkpoint says.
 */
final class Rotary {

  /** [context, headSize]: the cosines of both halves. */
  private final NDArray cosines;

  /** [context, headSize]: the sines, negated for the first half. */
  private final NDArray signedSines;

  Rotary(NDManager manager, LlamaConfig config) {
    int contextLength = config.contextLength();
    int headSize = config.headSize();
    int half = headSize / 2;
    float[] cosine = new float[contextLength * headSize];
    float[] sine = new float[contextLength * headSize];
    for (int i = 0; i < half; i++) {
      double frequency =
          config.ropeScaling().scale(Math.pow(config.ropeTheta(), -2.0 * i / headSize));
      for (int position = 0; position < contextLength; position++) {
        double angle = position * frequency;
        int at = position * headSize + i;
        cosine[at] = cosine[at + half] = (float) Math.cos(angle);
        sine[at] = (float) -Math.sin(angle);
        sine[at + half] = (float) Math.sin(angle);
      }
    }
    Shape shape = new Shape(contextLength, headSize);
    cosines = manager.create(cosine, shape);
    signedSines = manager.create(sine, shape);
  }

  /** The angles of positions start to start + length, for one forward pass. */
  Angles at(NDManager scope, int start, int length) {
    NDIndex rows = new NDIndex(start + ":" + (start + length));
    NDArray cosine = cosines.get(rows);
    NDArray sine = signedSines.get(rows);
    cosine.attach(scope);
    sine.attach(scope);
    return new Angles(cosine, sine);
  }

  /** Cosines and signed sines, [length, headSize] each. */
  record Angles(NDArray cosines, NDArray signedSines) {

    /** Turns x [batch, heads, length, headSize]. */
    NDArray rotate(NDArray x) {
      NDList halves = x.split(2, 3);
      NDArray swapped = NDArrays.concat(new NDList(halves.get(1), halves.get(0)), 3);
      return x.mul(cosines).add(swapped.mul(signedSines));
    }
  }
}
