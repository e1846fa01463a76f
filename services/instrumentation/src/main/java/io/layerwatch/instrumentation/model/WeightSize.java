package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.Collection;

/**
 * How large a part of a model is.
 *
 * @param parameters numbers it consists of
 * @param multiplyAdds of its matrices, a token
 */
record WeightSize(long parameters, long multiplyAdds) {

  static final WeightSize NONE = new WeightSize(0, 0);

  static WeightSize sum(WeightSize... sizes) {
    return sum(Arrays.asList(sizes));
  }

  static WeightSize sum(Collection<WeightSize> sizes) {
    return sizes.stream().reduce(NONE, WeightSize::plus);
  }

  /**
   * What is around the blocks.
   *
   * @param tied whether the head's matrix is the embedding, which counts once
   */
  static WeightSize around(NDArray embedding, Norm finalNorm, Linear head, boolean tied) {
    return sum(
        new WeightSize(embedding.size(), 0),
        finalNorm.size(),
        new WeightSize(tied ? 0 : head.size().parameters(), head.size().multiplyAdds()));
  }

  private WeightSize plus(WeightSize other) {
    return new WeightSize(parameters + other.parameters, multiplyAdds + other.multiplyAdds);
  }
}
