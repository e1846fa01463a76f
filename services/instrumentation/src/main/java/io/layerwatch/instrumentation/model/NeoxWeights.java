package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import io.layerwatch.instrumentation.checkpoint.Heads;
import io.layerwatch.instrumentation.checkpoint.NeoxConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * All parameters of a GPT-NeoX decoder.
 *
 * @param embedding [vocabulary, hidden]
 * @param blocks one for each layer
 * @param head hidden to vocabulary
 * @param tied whether the head is the embedding
 */
record NeoxWeights(
    NDArray embedding, List<BlockWeights> blocks, Norm finalNorm, Linear head, boolean tied)
    implements DecoderWeights {

  static NeoxWeights load(TensorLoader loader, NeoxConfig config) {
    int hidden = config.hiddenSize();
    NDArray embedding = loader.matrix("gpt_neox.embed_in.weight", config.vocabularySize(), hidden);
    List<BlockWeights> blocks =
        IntStream.range(0, config.layerCount())
            .mapToObj(layer -> block(loader, config, "gpt_neox.layers." + layer + "."))
            .toList();
    Norm finalNorm = loader.layerNorm("gpt_neox.final_layer_norm", hidden, config.normEpsilon());
    Linear head = loader.head("embed_out", embedding, config.tiedEmbeddings());
    // Causal masks and frequencies, which config.json tells, too.
    loader.refuseUnused(
        name ->
            name.endsWith(".attention.bias")
                || name.endsWith(".attention.masked_bias")
                || name.endsWith(".rotary_emb.inv_freq"));
    return new NeoxWeights(embedding, blocks, finalNorm, head, config.tiedEmbeddings());
  }

  private static BlockWeights block(TensorLoader loader, NeoxConfig config, String prefix) {
    int hidden = config.hiddenSize();
    int inner = config.intermediateSize();
    boolean bias = config.attentionBias();
    return new BlockWeights(
        loader.layerNorm(prefix + "input_layernorm", hidden, config.normEpsilon()),
        new AttentionWeights(
            third(loader, config, prefix, 0),
            third(loader, config, prefix, 1),
            third(loader, config, prefix, 2),
            loader.linear(prefix + "attention.dense", hidden, hidden, bias),
            Optional.empty()),
        loader.layerNorm(prefix + "post_attention_layernorm", hidden, config.normEpsilon()),
        new FeedForward.Plain(
            loader.linear(prefix + "mlp.dense_h_to_4h", inner, hidden, true),
            loader.linear(prefix + "mlp.dense_4h_to_h", hidden, inner, true),
            config.activation()));
  }

  /** Queries, keys or values of all heads, which are stored head by head: [H, 3, h, hidden]. */
  private static Linear third(TensorLoader loader, NeoxConfig config, String prefix, int index) {
    Heads heads = config.heads();
    int hidden = config.hiddenSize();
    String part = prefix + "attention.query_key_value";
    NDArray weight =
        loader.partOf(
            part + ".weight",
            all ->
                all.reshape(heads.queries(), 3, heads.size(), hidden)
                    .get(new NDIndex(":, " + index))
                    .reshape(hidden, hidden),
            3L * hidden,
            hidden);
    return Linear.ofWeight(
        weight,
        config.attentionBias()
            ? Optional.of(
                loader.partOf(
                    part + ".bias",
                    all ->
                        all.reshape(heads.queries(), 3, heads.size())
                            .get(new NDIndex(":, " + index))
                            .reshape(hidden),
                    3L * hidden))
            : Optional.empty());
  }

  @Override
  public WeightSize blockSize() {
    return blocks.get(0).size();
  }
}
