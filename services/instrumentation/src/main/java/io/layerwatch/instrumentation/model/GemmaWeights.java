package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import io.layerwatch.instrumentation.checkpoint.GemmaConfig;
import io.layerwatch.instrumentation.checkpoint.Heads;
import io.layerwatch.instrumentation.model.AttentionWeights.HeadNorms;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * All parameters of a Gemma decoder. Its norms are stored as differences from 1.
 *
 * @param embedding [vocabulary, hidden]
 * @param blocks one for each layer
 * @param head hidden to vocabulary
 * @param tied whether the head is the embedding
 */
record GemmaWeights(
    NDArray embedding, List<Block> blocks, Norm finalNorm, Linear head, boolean tied)
    implements DecoderWeights {

  /**
   * A block.
   *
   * @param attentionOutputNorm what attention adds to the stream is normalised by
   * @param feedForwardOutputNorm what the feed-forward adds is normalised by
   */
  record Block(
      BlockWeights weights,
      Optional<Norm> attentionOutputNorm,
      Optional<Norm> feedForwardOutputNorm) {

    WeightSize size() {
      return WeightSize.sum(
          weights.size(), sizeOf(attentionOutputNorm), sizeOf(feedForwardOutputNorm));
    }

    private static WeightSize sizeOf(Optional<Norm> norm) {
      return norm.map(Norm::size).orElse(WeightSize.NONE);
    }
  }

  static GemmaWeights load(TensorLoader loader, GemmaConfig config) {
    int hidden = config.hiddenSize();
    NDArray embedding =
        loader.matrix(LlamaWeights.EMBEDDING, config.vocabularySize(), config.hiddenSize());
    List<Block> blocks =
        IntStream.range(0, config.layerCount())
            .mapToObj(layer -> block(loader, config, "model.layers." + layer + "."))
            .toList();
    Norm finalNorm = loader.rmsNormAroundOne(LlamaWeights.FINAL_NORM, hidden, config.normEpsilon());
    boolean tied = config.tiedEmbeddings();
    Linear head = loader.head(LlamaWeights.HEAD, embedding, tied);
    loader.refuseUnused(name -> name.endsWith(".rotary_emb.inv_freq"));
    return new GemmaWeights(embedding, blocks, finalNorm, head, tied);
  }

  private static Block block(TensorLoader loader, GemmaConfig config, String prefix) {
    int hidden = config.hiddenSize();
    int inner = config.intermediateSize();
    // Without norms of outputs, "post_attention" is what the feed-forward reads through.
    String feedForwardNorm =
        config.outputNorms() ? "pre_feedforward_layernorm" : "post_attention_layernorm";
    BlockWeights weights =
        new BlockWeights(
            norm(loader, config, prefix + "input_layernorm", hidden),
            attention(loader, config, prefix + "self_attn."),
            norm(loader, config, prefix + feedForwardNorm, hidden),
            new FeedForward.Gated(
                loader.linear(prefix + "mlp.gate_proj", inner, hidden, false),
                loader.linear(prefix + "mlp.up_proj", inner, hidden, false),
                loader.linear(prefix + "mlp.down_proj", hidden, inner, false),
                config.activation()));
    return config.outputNorms()
        ? new Block(
            weights,
            Optional.of(norm(loader, config, prefix + "post_attention_layernorm", hidden)),
            Optional.of(norm(loader, config, prefix + "post_feedforward_layernorm", hidden)))
        : new Block(weights, Optional.empty(), Optional.empty());
  }

  private static AttentionWeights attention(
      TensorLoader loader, GemmaConfig config, String prefix) {
    int hidden = config.hiddenSize();
    Heads heads = config.heads();
    boolean bias = config.attentionBias();
    return new AttentionWeights(
        loader.linear(prefix + "q_proj", heads.queryWidth(), hidden, bias),
        loader.linear(prefix + "k_proj", heads.keyWidth(), hidden, bias),
        loader.linear(prefix + "v_proj", heads.keyWidth(), hidden, bias),
        loader.linear(prefix + "o_proj", hidden, heads.queryWidth(), bias),
        config.headNorms()
            ? Optional.of(
                new HeadNorms(
                    norm(loader, config, prefix + "q_norm", heads.size()),
                    norm(loader, config, prefix + "k_norm", heads.size())))
            : Optional.empty());
  }

  private static Norm norm(TensorLoader loader, GemmaConfig config, String part, int size) {
    return loader.rmsNormAroundOne(part + ".weight", size, config.normEpsilon());
  }

  @Override
  public WeightSize blockSize() {
    return blocks.get(0).size();
  }
}
