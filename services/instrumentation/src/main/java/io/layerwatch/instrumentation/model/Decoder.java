package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * A model that passes tokens through a stack of blocks and shows the residual stream between them.
 * Safe for use by several threads.
 *
 * <p>Shapes: B sequences of T tokens; d hidden units.
 */
public interface Decoder {

  /**
   * What a forward pass saw of the residual stream.
   *
   * @param states layerCount + 1 arrays [B, T, d]: what enters the first block, then each block's
   *     output
   * @param logits [B, T, vocabulary], of a decoder that computes them with the states; empty where
   *     they are computed when asked for
   */
  record Pass(List<NDArray> states, Optional<NDArray> logits) {

    /** A pass whose logits are computed when asked for. */
    public Pass(List<NDArray> states) {
      this(states, Optional.empty());
    }

    public NDArray last() {
      return states.get(states.size() - 1);
    }

    /**
     * Returns once the pass is done. A GPU works on after its operations have been handed to it:
     * who looks at the clock has to wait, or charges the pass to whoever reads first. On a CPU it
     * is done already.
     */
    public void awaitDevice() {
      if (last().getDevice().isGpu()) {
        try (NDArray one = last().get(new NDIndex("0, 0, 0"))) {
          var unused = one.toType(DataType.FLOAT32, true).toFloatArray();
        }
      }
    }
  }

  /** An empty cache, owned by the caller. */
  SequenceCache newCache(NDManager parent);

  /**
   * Runs the blocks over tokens [B, T] and returns the residual stream, attached to the scope.
   *
   * @param cache holds the tokens before these, and takes these in
   * @throws InferenceStoppedException before the next layer, when the thread is interrupted
   */
  default Pass forward(NDManager scope, NDArray tokens, Optional<SequenceCache> cache) {
    return forward(scope, tokens, cache, layer -> false);
  }

  /**
   * The same with the layers skipped that the predicate names: the block becomes the identity.
   *
   * @throws InvalidCheckpointException in one sentence, when the model cannot skip layers
   */
  Pass forward(
      NDManager scope, NDArray tokens, Optional<SequenceCache> cache, IntPredicate skipped);

  /**
   * Next-token logits [B, T − firstToken, vocabulary] of a pass from one of its tokens on, in
   * single precision, attached to the scope.
   */
  default NDArray logits(NDManager scope, Pass pass, long firstToken) {
    return logits(scope, pass, firstToken, pass.last().getShape().get(1));
  }

  /** Those of the tokens from the first to before the end: logits are as wide as the vocabulary. */
  NDArray logits(NDManager scope, Pass pass, long firstToken, long endToken);

  /** Whether a pass may take more than one sequence: B > 1. */
  default boolean takesBatches() {
    return true;
  }

  /** Parameters and multiply-adds. */
  ModelShape shape();
}
