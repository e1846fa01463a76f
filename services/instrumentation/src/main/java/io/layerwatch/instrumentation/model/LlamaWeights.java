package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import io.layerwatch.instrumentation.checkpoint.Heads;
import io.layerwatch.instrumentation.checkpoint.LlamaConfig;
import io.layerwatch.instrumentation.checkpoint.LlamaConfig.Biases;
import io.layerwatch.instrumentation.model.AttentionWeights.HeadNorms;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * All parameters of a decoder that is built as Llama is.
 *
 * @param embedding [vocabulary, hidden]
 * @param blocks one for each layer
 * @param head hidden to vocabulary
 * @param tied whether the head is the embedding
 */
public record LlamaWeights(
    NDArray embedding, List<BlockWeights> blocks, Norm finalNorm, Linear head, boolean tied)
    implements DecoderWeights {

  /** The names that Hugging Face gives the tensors. */
  public static final String EMBEDDING = "model.embed_tokens.weight";

  public static final String FINAL_NORM = "model.norm.weight";
  public static final String HEAD = "lm_head";

  public LlamaWeights {
    blocks = List.copyOf(blocks);
  }

  /** Name of a block's part, such as {@code model.layers.3.mlp.up_proj}. */
  public static String blockPart(int layer, String part) {
    return "model.layers." + layer + "." + part;
  }

  static LlamaWeights load(TensorLoader loader, LlamaConfig config) {
    int hidden = config.hiddenSize();
    NDArray embedding = loader.matrix(EMBEDDING, config.vocabularySize(), hidden);
    List<BlockWeights> blocks =
        IntStream.range(0, config.layerCount())
            .mapToObj(layer -> block(loader, config, layer))
            .toList();
    Norm finalNorm = loader.rmsNorm(FINAL_NORM, hidden, config.normEpsilon());
    boolean tied = config.tiedEmbeddings();
    Linear head = loader.head(HEAD, embedding, tied);
    loader.refuseUnused(name -> name.endsWith(".rotary_emb.inv_freq"));
    return new LlamaWeights(embedding, blocks, finalNorm, head, tied);
  }

  private static BlockWeights block(TensorLoader loader, LlamaConfig config, int layer) {
    int hidden = config.hiddenSize();
    int inner = config.intermediateSize();
    boolean bias = config.biases().feedForward();
    double epsilon = config.normEpsilon();
    return new BlockWeights(
        loader.rmsNorm(blockPart(layer, "input_layernorm.weight"), hidden, epsilon),
        attention(loader, config, blockPart(layer, "self_attn.")),
        loader.rmsNorm(blockPart(layer, "post_attention_layernorm.weight"), hidden, epsilon),
        new FeedForward.Gated(
            loader.linear(blockPart(layer, "mlp.gate_proj"), inner, hidden, bias),
            loader.linear(blockPart(layer, "mlp.up_proj"), inner, hidden, bias),
            loader.linear(blockPart(layer, "mlp.down_proj"), hidden, inner, bias),
            config.activation()));
  }

  private static AttentionWeights attention(
      TensorLoader loader, LlamaConfig config, String prefix) {
    int hidden = config.hiddenSize();
    Heads heads = config.heads();
    Biases biases = config.biases();
    boolean bias = biases.queryKeyValue();
    return new AttentionWeights(
        loader.linear(prefix + "q_proj", heads.queryWidth(), hidden, bias),
        loader.linear(prefix + "k_proj", heads.keyWidth(), hidden, bias),
        loader.linear(prefix + "v_proj", heads.keyWidth(), hidden, bias),
        loader.linear(prefix + "o_proj", hidden, heads.queryWidth(), biases.output()),
        config.headNorms()
            ? Optional.of(
                new HeadNorms(
                    loader.rmsNorm(prefix + "q_norm.weight", heads.size(), config.normEpsilon()),
                    loader.rmsNorm(prefix + "k_norm.weight", heads.size(), config.normEpsilon())))
            : Optional.empty());
  }

  @Override
  public WeightSize blockSize() {
    return blocks.get(0).size();
  }
}
