package io.layerwatch.instrumentation.checkpoint;

import java.util.List;

/**
 * The shape of a GPT-NeoX decoder (arXiv 2204.06745), which Pythia is, too (arXiv 2304.01373).
 *
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the feed-forward
 * @param layerCount decoder blocks
 * @param heads of attention, as many for keys and values as for queries
 * @param attentionBias whether attention's matrices have biases
 * @param parallel whether attention and feed-forward both read the block's input, rather than the
 *     feed-forward what attention has added to
 * @param activation of the feed-forward
 * @param vocabularySize token ids run below it
 * @param contextLength most tokens of a sequence
 * @param normEpsilon added to the variance in LayerNorm
 * @param rotary positions, of a part of each head
 * @param tiedEmbeddings whether the output head is the embedding
 * @param endTokens ids that end a generated text
 */
public record NeoxConfig(
    int hiddenSize,
    int intermediateSize,
    int layerCount,
    Heads heads,
    boolean attentionBias,
    boolean parallel,
    Activation activation,
    int vocabularySize,
    int contextLength,
    double normEpsilon,
    RotaryEmbedding rotary,
    boolean tiedEmbeddings,
    List<Integer> endTokens)
    implements ModelConfig {

  public NeoxConfig {
    endTokens = List.copyOf(endTokens);
  }

  static NeoxConfig of(ConfigFile config) {
    int hidden = config.positive("hidden_size");
    int heads = config.positive("num_attention_heads");
    int size = Heads.share(config, "num_attention_heads", heads, hidden, false);
    int context = config.positive("max_position_embeddings");
    Windows.refuse(config);
    return new NeoxConfig(
        hidden,
        config.positive("intermediate_size"),
        config.positive("num_hidden_layers"),
        new Heads(heads, heads, size),
        config.flag("attention_bias", true),
        config.flag("use_parallel_residual", true),
        Activation.of(config, "hidden_act", Activation.GELU),
        config.positive("vocab_size"),
        context,
        config.positiveNumber("layer_norm_eps", 1e-5),
        new RotaryConfig(config, size, context)
            .partial(
                "rotary_pct",
                0.25,
                config.has("rotary_emb_base") ? "rotary_emb_base" : "rope_theta",
                10_000),
        config.flag("tie_word_embeddings", false),
        config.endTokens());
  }
}
