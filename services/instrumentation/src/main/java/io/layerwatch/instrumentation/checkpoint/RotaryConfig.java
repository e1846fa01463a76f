package io.layerwatch.instrumentation.checkpoint;

import java.util.Optional;

/**
 * What config.json says of the rotary embedding: since version 5 of Hugging Face's library in
 * {@code rope_parameters}, before it in options of the model and in {@code rope_scaling}.
 */
final class RotaryConfig {

  /** Of [context, turning elements], 128 MiB: 262,144 tokens with heads of 128. */
  private static final int LARGEST_TABLE = 1 << 25;

  private final ConfigFile config;
  private final int headSize;
  private final int contextLength;

  RotaryConfig(ConfigFile config, int headSize, int contextLength) {
    this.config = config;
    this.headSize = headSize;
    this.contextLength = contextLength;
  }

  /** The embedding of a model whose whole heads turn. */
  RotaryEmbedding whole(String thetaKey, double otherTheta) {
    config.expect("partial_rotary_factor", 1);
    Optional<ConfigFile> parameters = config.part("rope_parameters");
    parameters.ifPresent(given -> given.expect("partial_rotary_factor", 1));
    return checked(headSize, theta(parameters, thetaKey, otherTheta), scaling());
  }

  /** The embedding of a model where a share of each head turns. */
  RotaryEmbedding partial(String shareKey, double otherShare, String thetaKey, double otherTheta) {
    Optional<ConfigFile> parameters = config.part("rope_parameters");
    double share =
        parameters
            .filter(given -> given.has("partial_rotary_factor"))
            .map(given -> given.positiveNumber("partial_rotary_factor"))
            .orElseGet(() -> config.positiveNumber(shareKey, otherShare));
    int size = (int) (headSize * share);
    if (size < 2 || size > headSize || size % 2 != 0) {
      throw config.refused(
          shareKey, "a share that is an even number of " + headSize + " elements of a head");
    }
    return checked(size, theta(parameters, thetaKey, otherTheta), scaling());
  }

  /** The embedding of one type of layers, of a model where each type has its own. */
  RotaryEmbedding ofLayers(String type, String thetaKey, double otherTheta, boolean scaled) {
    config.expect("partial_rotary_factor", 1);
    Optional<ConfigFile> own = config.part("rope_parameters").flatMap(all -> all.part(type));
    own.ifPresent(given -> given.expect("partial_rotary_factor", 1));
    RotaryScaling scaling =
        own.map(RotaryConfig::scaling)
            .orElseGet(() -> scaled ? scaling() : new RotaryScaling.None());
    return checked(headSize, theta(own, thetaKey, otherTheta), scaling);
  }

  private RotaryEmbedding checked(int size, double theta, RotaryScaling scaling) {
    if ((long) contextLength * size > LARGEST_TABLE) {
      throw config.refused(
          "max_position_embeddings",
          "at most " + LARGEST_TABLE / size + " with " + size + " turning elements a head");
    }
    return new RotaryEmbedding(size, theta, scaling);
  }

  private double theta(Optional<ConfigFile> parameters, String key, double otherwise) {
    return parameters
        .filter(given -> given.has("rope_theta"))
        .map(given -> given.positiveNumber("rope_theta"))
        .orElseGet(() -> config.positiveNumber(key, otherwise));
  }

  private RotaryScaling scaling() {
    return config
        .part("rope_parameters")
        .or(() -> config.part("rope_scaling"))
        .map(RotaryConfig::scaling)
        .orElseGet(RotaryScaling.None::new);
  }

  private static RotaryScaling scaling(ConfigFile given) {
    given.expect("attention_factor", 1);
    // Older checkpoints say "type".
    String key = given.has("rope_type") || !given.has("type") ? "rope_type" : "type";
    return switch (given.text(key, "default")) {
      case "default" -> new RotaryScaling.None();
      case "linear" -> new RotaryScaling.Linear(given.positiveNumber("factor"));
      case "llama3" -> {
        double low = given.positiveNumber("low_freq_factor");
        double high = given.positiveNumber("high_freq_factor");
        if (!(high > low)) {
          throw given.refused("high_freq_factor", "more than low_freq_factor " + low);
        }
        yield new RotaryScaling.Llama3(
            given.positiveNumber("factor"),
            low,
            high,
            given.positiveNumber("original_max_position_embeddings"));
      }
      default -> throw given.refused(key, "default, linear or llama3");
    };
  }
}
