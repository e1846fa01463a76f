package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.layerwatch.instrumentation.checkpoint.Gpt2Config;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The forward pass of GPT-2 (Radford et al., 2019): learned positions added to the embedding, then
 * LayerNorm, attention of as many key as query heads, and a plain feed-forward, residual around
 * each.
 */
final class Gpt2Decoder extends BlockDecoder {

  private final Gpt2Weights weights;
  private final List<SelfAttention> attentions;

  Gpt2Decoder(Gpt2Config config, Gpt2Weights weights, NDManager manager) {
    super(config.layerCount(), weights);
    this.weights = weights;
    Attention attention =
        new Attention(manager.create((float) (1 / Math.sqrt(config.heads().size()))));
    this.attentions =
        SelfAttention.ofLayers(
            config.heads(),
            Optional.empty(),
            Collections.nCopies(config.layerCount(), OptionalInt.empty()),
            attention);
  }

  @Override
  NDArray embed(NDManager scope, NDArray tokens, PassContext pass) {
    int end = pass.before() + pass.length();
    NDArray positions = weights.positions().get(new NDIndex(pass.before() + ":" + end)); // [T, d]
    positions.attach(scope);
    return rows(scope, tokens, weights.embedding()).add(positions); // [B, T, d]
  }

  @Override
  NDArray block(int layer, NDArray x, PassContext pass) {
    BlockWeights block = weights.blocks().get(layer);
    NDArray read = block.attentionNorm().apply(x); // [B, T, d]
    NDArray attended = x.add(attentions.get(layer).apply(read, block.attention(), pass));
    return attended.add(block.feedForward().apply(block.feedForwardNorm().apply(attended)));
  }
}
