package io.layerwatch.instrumentation.checkpoint;

import java.util.List;
import java.util.OptionalInt;

/**
 * The shape of a decoder that is built as Llama is (arXiv 2302.13971): Llama itself, Mistral, Qwen2
 * and Qwen3, which differ in biases, norms of heads and windows.
 *
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the gated feed-forward
 * @param layerCount decoder blocks
 * @param heads of attention, of even size
 * @param biases which matrices have one
 * @param headNorms whether each query and key head is normalised before it turns
 * @param windows of each layer's attention, in tokens; empty where it sees the whole sequence
 * @param activation of the feed-forward's gate
 * @param vocabularySize token ids run below it
 * @param contextLength most tokens of a sequence
 * @param normEpsilon added to the mean square in RMS normalisation
 * @param rotary positions
 * @param tiedEmbeddings whether the output head is the embedding
 * @param endTokens ids that end a generated text
 */
public record LlamaConfig(
    int hiddenSize,
    int intermediateSize,
    int layerCount,
    Heads heads,
    Biases biases,
    boolean headNorms,
    List<OptionalInt> windows,
    Activation activation,
    int vocabularySize,
    int contextLength,
    double normEpsilon,
    RotaryEmbedding rotary,
    boolean tiedEmbeddings,
    List<Integer> endTokens)
    implements ModelConfig {

  /** Head size of a Qwen3 that does not say it. */
  private static final int QWEN3_HEAD = 128;

  private static final int DEFAULT_WINDOW = 4096;
  private static final int QWEN_FULL_LAYERS = 28;

  /**
   * Which matrices have a bias.
   *
   * @param queryKeyValue those of queries, keys and values
   * @param output attention's last
   * @param feedForward all of the feed-forward's
   */
  public record Biases(boolean queryKeyValue, boolean output, boolean feedForward) {

    public static final Biases NONE = new Biases(false, false, false);
  }

  public LlamaConfig {
    windows = List.copyOf(windows);
    endTokens = List.copyOf(endTokens);
  }

  static LlamaConfig of(ConfigFile config, Family family) {
    int hidden = config.positive("hidden_size");
    int layers = config.positive("num_hidden_layers");
    int context = config.positive("max_position_embeddings");
    Heads heads = Heads.of(config, hidden, family == Family.QWEN3 ? QWEN3_HEAD : 0);
    return new LlamaConfig(
        hidden,
        config.positive("intermediate_size"),
        layers,
        heads,
        biases(config, family),
        family == Family.QWEN3,
        windows(config, family, layers),
        Activation.of(config, "hidden_act", Activation.SILU),
        config.positive("vocab_size"),
        context,
        config.positiveNumber("rms_norm_eps", 1e-6),
        new RotaryConfig(config, heads.size(), context).whole("rope_theta", 10_000),
        config.flag("tie_word_embeddings", false),
        config.endTokens());
  }

  private static Biases biases(ConfigFile config, Family family) {
    if (family != Family.LLAMA) {
      config.expect("mlp_bias", false);
    }
    return switch (family) {
      case LLAMA, QWEN3 -> {
        boolean attention = config.flag("attention_bias", false);
        yield new Biases(attention, attention, config.flag("mlp_bias", false));
      }
      case QWEN2 -> {
        // Its implementation has these whatever config.json says.
        config.expect("attention_bias", true);
        yield new Biases(true, false, false);
      }
      default -> {
        config.expect("attention_bias", false);
        yield Biases.NONE;
      }
    };
  }

  private static List<OptionalInt> windows(ConfigFile config, Family family, int layers) {
    return switch (family) {
      case MISTRAL -> {
        // Left out, it is the first Mistral's; null says that there is none.
        boolean none = config.isNull("sliding_window");
        yield none
            ? Windows.unsupported(config, layers)
            : Windows.every(config, layers, config.positive("sliding_window", DEFAULT_WINDOW));
      }
      case QWEN2, QWEN3 -> {
        boolean slides =
            config.flag("use_sliding_window", false) && !config.isNull("sliding_window");
        int full = config.wholeNumber("max_window_layers", QWEN_FULL_LAYERS);
        OptionalInt window =
            slides
                ? OptionalInt.of(config.positive("sliding_window", DEFAULT_WINDOW))
                : OptionalInt.empty();
        yield Windows.byLayer(config, layers, window, layer -> layer >= full);
      }
      default -> Windows.unsupported(config, layers);
    };
  }
}
