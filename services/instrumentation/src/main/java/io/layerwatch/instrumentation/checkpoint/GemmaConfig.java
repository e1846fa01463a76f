package io.layerwatch.instrumentation.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The shape of a Gemma decoder: the first (arXiv 2403.08295), the second (arXiv 2408.00118) and the
 * text model of the third (arXiv 2503.19786).
 *
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the gated feed-forward
 * @param layerCount decoder blocks
 * @param heads of attention, of even size
 * @param attentionBias whether attention's matrices have biases
 * @param headNorms whether each query and key head is normalised before it turns
 * @param outputNorms whether attention's and the feed-forward's outputs are normalised before they
 *     join the stream
 * @param windows of each layer's attention, in tokens; empty where it sees the whole sequence
 * @param queryScalar scores are divided by its square root
 * @param scoreCap scores s become cap · tanh(s ÷ cap)
 * @param logitCap the same for logits
 * @param activation of the feed-forward's gate
 * @param vocabularySize token ids run below it
 * @param contextLength most tokens of a sequence
 * @param normEpsilon added to the mean square in RMS normalisation
 * @param rotary positions of layers that see the whole sequence
 * @param windowRotary positions of the others
 * @param tiedEmbeddings whether the output head is the embedding
 * @param endTokens ids that end a generated text
 */
public record GemmaConfig(
    int hiddenSize,
    int intermediateSize,
    int layerCount,
    Heads heads,
    boolean attentionBias,
    boolean headNorms,
    boolean outputNorms,
    List<OptionalInt> windows,
    double queryScalar,
    Optional<Double> scoreCap,
    Optional<Double> logitCap,
    Activation activation,
    int vocabularySize,
    int contextLength,
    double normEpsilon,
    RotaryEmbedding rotary,
    RotaryEmbedding windowRotary,
    boolean tiedEmbeddings,
    List<Integer> endTokens)
    implements ModelConfig {

  private static final int DEFAULT_HEAD = 256;
  private static final int DEFAULT_WINDOW = 4096;
  private static final double GEMMA2_SCORE_CAP = 50;
  private static final double GEMMA2_LOGIT_CAP = 30;

  public GemmaConfig {
    windows = List.copyOf(windows);
    endTokens = List.copyOf(endTokens);
  }

  static GemmaConfig of(ConfigFile config, Family family) {
    boolean first = family == Family.GEMMA;
    boolean third = family == Family.GEMMA3;
    int hidden = config.positive("hidden_size");
    int layers = config.positive("num_hidden_layers");
    int context = config.positive("max_position_embeddings");
    Heads heads = Heads.of(config, hidden, DEFAULT_HEAD);
    RotaryConfig positions = new RotaryConfig(config, heads.size(), context);
    RotaryEmbedding rotary =
        third
            ? positions.ofLayers("full_attention", "rope_theta", 1_000_000, true)
            : positions.whole("rope_theta", 10_000);
    return new GemmaConfig(
        hidden,
        config.positive("intermediate_size"),
        layers,
        heads,
        config.flag("attention_bias", false),
        third,
        !first,
        windows(config, family, layers),
        first ? heads.size() : config.positiveNumber("query_pre_attn_scalar", DEFAULT_HEAD),
        cap(config, "attn_logit_softcapping", family, GEMMA2_SCORE_CAP),
        cap(config, "final_logit_softcapping", family, GEMMA2_LOGIT_CAP),
        activation(config),
        config.positive("vocab_size"),
        context,
        config.positiveNumber("rms_norm_eps", 1e-6),
        rotary,
        third
            ? positions.ofLayers("sliding_attention", "rope_local_base_freq", 10_000, false)
            : rotary,
        config.flag("tie_word_embeddings", true),
        config.endTokens());
  }

  /** The first checkpoints said gelu in hidden_act and were trained with the tanh variant. */
  private static Activation activation(ConfigFile config) {
    Activation legacy = Activation.of(config, "hidden_act", Activation.GELU_TANH);
    if (legacy != Activation.GELU && legacy != Activation.GELU_TANH) {
      throw config.refused("hidden_act", "gelu or gelu_pytorch_tanh");
    }
    return Activation.of(config, "hidden_activation", Activation.GELU_TANH);
  }

  private static Optional<Double> cap(
      ConfigFile config, String key, Family family, double otherwise) {
    if (family == Family.GEMMA) {
      config.expectNone(key);
      return Optional.empty();
    }
    if (config.has(key)) {
      return Optional.of(config.positiveNumber(key));
    }
    // Left out, it is the second Gemma's; null says that there is none.
    return family == Family.GEMMA2 && !config.isNull(key)
        ? Optional.of(otherwise)
        : Optional.empty();
  }

  private static List<OptionalInt> windows(ConfigFile config, Family family, int layers) {
    if (family == Family.GEMMA) {
      return Windows.unsupported(config, layers);
    }
    int pattern = family == Family.GEMMA3 ? config.positive("sliding_window_pattern", 6) : 2;
    OptionalInt window = OptionalInt.of(config.positive("sliding_window", DEFAULT_WINDOW));
    return Windows.byLayer(config, layers, window, layer -> (layer + 1) % pattern != 0);
  }
}
