package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.layerwatch.instrumentation.checkpoint.NeoxConfig;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The forward pass of GPT-NeoX and Pythia (arXiv 2204.06745): LayerNorm, attention with rotary
 * positions in a part of each head, and a plain feed-forward, which reads the block's input beside
 * attention, or as in GPT-2 after it.
 */
final class NeoxDecoder extends BlockDecoder {

  private final NeoxWeights weights;
  private final List<SelfAttention> attentions;
  private final boolean parallel;

  NeoxDecoder(NeoxConfig config, NeoxWeights weights, NDManager manager) {
    super(config.layerCount(), weights);
    this.weights = weights;
    this.parallel = config.parallel();
    Rotary rotary =
        new Rotary(
            manager, config.rotary(), config.contextLength(), weights.embedding().getDataType());
    Attention attention =
        new Attention(manager.create((float) (1 / Math.sqrt(config.heads().size()))));
    this.attentions =
        SelfAttention.ofLayers(
            config.heads(),
            Optional.of(rotary),
            Collections.nCopies(config.layerCount(), OptionalInt.empty()),
            attention);
  }

  @Override
  NDArray embed(NDManager scope, NDArray tokens, PassContext pass) {
    return rows(scope, tokens, weights.embedding()); // [B, T, d]
  }

  @Override
  NDArray block(int layer, NDArray x, PassContext pass) {
    BlockWeights block = weights.blocks().get(layer);
    NDArray read = block.attentionNorm().apply(x); // [B, T, d]
    NDArray attended = x.add(attentions.get(layer).apply(read, block.attention(), pass));
    NDArray fed = parallel ? x : attended;
    return attended.add(block.feedForward().apply(block.feedForwardNorm().apply(fed)));
  }
}
