package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;

/** What all families have around their blocks, and the sizes that follow from it. */
interface DecoderWeights {

  /** [vocabulary, hidden]. */
  NDArray embedding();

  Norm finalNorm();

  /** Hidden to vocabulary. */
  Linear head();

  /** Whether the head is the embedding. */
  boolean tied();

  /** The size of one block. */
  WeightSize blockSize();

  /**
   * The size of what is around the blocks.
   *
   * @return the multiply-adds of the head, and the parameters of embeddings, norm and head, those
   *     that are shared once
   */
  default WeightSize outerSize() {
    return WeightSize.around(embedding(), finalNorm(), head(), tied());
  }
}
