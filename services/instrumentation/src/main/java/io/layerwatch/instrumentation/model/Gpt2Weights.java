package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import io.layerwatch.instrumentation.checkpoint.Gpt2Config;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * All parameters of a GPT-2 decoder. Its matrices are stored as [in, out], those of queries, keys
 * and values side by side in one.
 *
 * @param embedding [vocabulary, hidden]
 * @param positions [context, hidden]
 * @param blocks one for each layer
 * @param head hidden to vocabulary
 * @param tied whether the head is the embedding
 */
record Gpt2Weights(
    NDArray embedding,
    NDArray positions,
    List<BlockWeights> blocks,
    Norm finalNorm,
    Linear head,
    boolean tied)
    implements DecoderWeights {

  private static final String PREFIX = "transformer.";

  static Gpt2Weights load(TensorLoader loader, Gpt2Config config) {
    // The first checkpoints were stored without the head, and without its prefix.
    String prefix = loader.has("wte.weight") ? "" : PREFIX;
    int hidden = config.hiddenSize();
    NDArray embedding = loader.matrix(prefix + "wte.weight", config.vocabularySize(), hidden);
    NDArray positions = loader.matrix(prefix + "wpe.weight", config.contextLength(), hidden);
    List<BlockWeights> blocks =
        IntStream.range(0, config.layerCount())
            .mapToObj(layer -> block(loader, config, prefix + "h." + layer + "."))
            .toList();
    Norm finalNorm = loader.layerNorm(prefix + "ln_f", hidden, config.normEpsilon());
    Linear head = loader.head("lm_head", embedding, config.tiedEmbeddings());
    // Causal masks, which are the same for every model.
    loader.refuseUnused(name -> name.endsWith(".attn.bias") || name.endsWith(".attn.masked_bias"));
    return new Gpt2Weights(embedding, positions, blocks, finalNorm, head, config.tiedEmbeddings());
  }

  private static BlockWeights block(TensorLoader loader, Gpt2Config config, String prefix) {
    int hidden = config.hiddenSize();
    int inner = config.intermediateSize();
    return new BlockWeights(
        loader.layerNorm(prefix + "ln_1", hidden, config.normEpsilon()),
        new AttentionWeights(
            third(loader, prefix + "attn.c_attn", hidden, 0),
            third(loader, prefix + "attn.c_attn", hidden, 1),
            third(loader, prefix + "attn.c_attn", hidden, 2),
            loader.turnedLinear(prefix + "attn.c_proj", hidden, hidden),
            Optional.empty()),
        loader.layerNorm(prefix + "ln_2", hidden, config.normEpsilon()),
        new FeedForward.Plain(
            loader.turnedLinear(prefix + "mlp.c_fc", hidden, inner),
            loader.turnedLinear(prefix + "mlp.c_proj", inner, hidden),
            config.activation()));
  }

  /** One of three maps whose outputs are stored side by side: [hidden, 3 · hidden]. */
  private static Linear third(TensorLoader loader, String part, int hidden, int index) {
    String columns = index * hidden + ":" + (index + 1) * hidden;
    return new Linear(
        loader.partOf(
            part + ".weight", all -> all.get(new NDIndex(":, " + columns)), hidden, 3L * hidden),
        Optional.of(
            loader.partOf(part + ".bias", all -> all.get(new NDIndex(columns)), 3L * hidden)));
  }

  @Override
  public WeightSize blockSize() {
    return blocks.get(0).size();
  }

  @Override
  public WeightSize outerSize() {
    return WeightSize.sum(DecoderWeights.super.outerSize(), new WeightSize(positions.size(), 0));
  }
}
