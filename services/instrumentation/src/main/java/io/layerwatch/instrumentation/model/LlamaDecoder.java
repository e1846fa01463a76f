package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.layerwatch.instrumentation.checkpoint.LlamaConfig;
import java.util.List;
import java.util.Optional;

/**
 * The forward pass of Llama (arXiv 2302.13971), Mistral, Qwen2 and Qwen3: RMS norm, grouped-query
 * attention with rotary positions, gated feed-forward, residual around each. Serves inference and
 * training: every constant is an array, because DJL frees a Java number's array before autograd
 * reads it.
 */
public final class LlamaDecoder extends BlockDecoder {

  private final LlamaWeights weights;
  private final List<SelfAttention> attentions;

  /** A decoder that computes in the weights' type. */
  public LlamaDecoder(LlamaConfig config, LlamaWeights weights, NDManager manager) {
    super(config.layerCount(), weights);
    this.weights = weights;
    Rotary rotary =
        new Rotary(
            manager, config.rotary(), config.contextLength(), weights.embedding().getDataType());
    Attention attention =
        new Attention(manager.create((float) (1 / Math.sqrt(config.heads().size()))));
    this.attentions =
        SelfAttention.ofLayers(config.heads(), Optional.of(rotary), config.windows(), attention);
  }

  @Override
  NDArray embed(NDManager scope, NDArray tokens, PassContext pass) {
    return rows(scope, tokens, weights.embedding());
  }

  @Override
  NDArray block(int layer, NDArray x, PassContext pass) {
    BlockWeights block = weights.blocks().get(layer);
    NDArray read = block.attentionNorm().apply(x); // [B, T, d]
    NDArray attended = x.add(attentions.get(layer).apply(read, block.attention(), pass));
    return attended.add(block.feedForward().apply(block.feedForwardNorm().apply(attended)));
  }
}
