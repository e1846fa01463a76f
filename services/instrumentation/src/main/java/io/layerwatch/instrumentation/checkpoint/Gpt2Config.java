package io.layerwatch.instrumentation.checkpoint;

import java.util.List;

/**
 * The shape of a GPT-2 decoder (Radford et al., 2019): learned positions, LayerNorm, biases
 * everywhere.
 *
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the feed-forward
 * @param layerCount decoder blocks
 * @param heads of attention, as many for keys and values as for queries
 * @param activation of the feed-forward
 * @param vocabularySize token ids run below it
 * @param contextLength positions that were learned
 * @param normEpsilon added to the variance in LayerNorm
 * @param tiedEmbeddings whether the output head is the embedding
 * @param endTokens ids that end a generated text
 */
public record Gpt2Config(
    int hiddenSize,
    int intermediateSize,
    int layerCount,
    Heads heads,
    Activation activation,
    int vocabularySize,
    int contextLength,
    double normEpsilon,
    boolean tiedEmbeddings,
    List<Integer> endTokens)
    implements ModelConfig {

  public Gpt2Config {
    endTokens = List.copyOf(endTokens);
  }

  static Gpt2Config of(ConfigFile config) {
    config.expect("scale_attn_weights", true);
    config.expect("scale_attn_by_inverse_layer_idx", false);
    config.expect("reorder_and_upcast_attn", false);
    int hidden = config.positive("n_embd");
    int layers = config.positive("n_layer");
    Windows.refuse(config);
    int heads = config.positive("n_head");
    return new Gpt2Config(
        hidden,
        config.positive("n_inner", 4 * hidden),
        layers,
        new Heads(heads, heads, Heads.share(config, "n_head", heads, hidden, false)),
        Activation.of(config, "activation_function", Activation.GELU_TANH),
        config.positive("vocab_size"),
        config.positive("n_positions"),
        config.positiveNumber("layer_norm_epsilon", 1e-5),
        config.flag("tie_word_embeddings", true),
        config.endTokens());
  }
}
