package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import io.layerwatch.analysis.ModelShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * A decoder whose blocks are computed here, one after the other. A family says what enters the
 * first block and what a block does; after the last come a norm and the head.
 *
 * <p>Shapes: B sequences of T tokens; S tokens with those in the cache; d hidden units. Weights are
 * only read. An operation's result belongs to its first operand's manager, so activations always
 * stand first.
 */
abstract class BlockDecoder implements Decoder {

  private final int layerCount;
  private final DecoderWeights weights;

  BlockDecoder(int layerCount, DecoderWeights weights) {
    this.layerCount = layerCount;
    this.weights = weights;
  }

  /** What enters the first block for tokens [B, T]: [B, T, d]. */
  abstract NDArray embed(NDManager scope, NDArray tokens, PassContext pass);

  /** The residual stream x [B, T, d] after the layer. */
  abstract NDArray block(int layer, NDArray x, PassContext pass);

  /** Next-token logits [B, T, vocabulary] of the last block's output. */
  NDArray head(NDArray x) {
    return weights.head().apply(weights.finalNorm().apply(x));
  }

  @Override
  public final SequenceCache newCache(NDManager parent) {
    return new KeyValueCache(parent, layerCount);
  }

  @Override
  public final Pass forward(
      NDManager scope, NDArray tokens, Optional<SequenceCache> cache, IntPredicate skipped) {
    PassContext pass =
        new PassContext(
            scope, cache.map(KeyValueCache.class::cast), (int) tokens.getShape().get(1));
    NDArray x = embed(scope, tokens, pass);
    x.attach(scope);
    List<NDArray> states = new ArrayList<>(layerCount + 1);
    states.add(x);
    for (int layer = 0; layer < layerCount; layer++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InferenceStoppedException("interrupted before layer " + layer);
      }
      if (!skipped.test(layer)) {
        try (NDManager local = scope.newSubManager()) {
          x.attach(local);
          NDArray output = block(layer, x, pass);
          x.attach(scope);
          output.attach(scope);
          x = output;
        }
      }
      states.add(x);
    }
    pass.end();
    return new Pass(states);
  }

  @Override
  public final NDArray logits(NDManager scope, Pass pass, long firstToken, long endToken) {
    NDArray state = pass.last().get(new NDIndex(":, " + firstToken + ":" + endToken + ", :"));
    state.attach(scope);
    return head(state).toType(DataType.FLOAT32, false);
  }

  @Override
  public final ModelShape shape() {
    WeightSize block = weights.blockSize();
    WeightSize outer = weights.outerSize();
    return new ModelShape(
        layerCount,
        block.parameters(),
        layerCount * block.parameters() + outer.parameters(),
        block.multiplyAdds(),
        layerCount * block.multiplyAdds() + outer.multiplyAdds());
  }

  /** The rows of a table [rows, d] that the tokens [B, T] name: [B, T, d]. */
  static NDArray rows(NDManager scope, NDArray tokens, NDArray table) {
    NDArray rows = Embedding.embedding(tokens, table, SparseFormat.DENSE).singletonOrThrow();
    rows.attach(scope);
    return rows;
  }
}
