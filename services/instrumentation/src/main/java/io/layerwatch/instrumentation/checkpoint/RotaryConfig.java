package io.layerwatch.instrumentation.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;

/**
 * What config.json says of the rotary embedding: since version 5 of Hugging Face's library in
 * {@code rope_parameters}, before it in {@code rope_theta} and {@code rope_scaling}.
 */
final class RotaryConfig {

  private RotaryConfig() {}

  static double theta(Path file, JsonNode config) {
    JsonNode newer = config.path("rope_parameters").path("rope_theta");
    return LlamaConfig.number(
        file, newer.isMissingNode() ? config.path("rope_theta") : newer, "rope_theta", 10_000);
  }

  static RotaryScaling scaling(Path file, JsonNode config) {
    String option = config.hasNonNull("rope_parameters") ? "rope_parameters" : "rope_scaling";
    JsonNode given = config.path(option);
    // Older checkpoints say "type".
    String type = given.path("rope_type").asText(given.path("type").asText("default"));
    return switch (type) {
      case "default" -> new RotaryScaling.None();
      case "linear" -> new RotaryScaling.Linear(required(file, given, option, "factor"));
      case "llama3" -> {
        double low = required(file, given, option, "low_freq_factor");
        double high = required(file, given, option, "high_freq_factor");
        if (!(high > low)) {
          throw new InvalidCheckpointException(
              file
                  + ": "
                  + option
                  + ".high_freq_factor: expected more than low_freq_factor "
                  + low
                  + ", got "
                  + high);
        }
        yield new RotaryScaling.Llama3(
            required(file, given, option, "factor"),
            low,
            high,
            required(file, given, option, "original_max_position_embeddings"));
      }
      default ->
          throw new InvalidCheckpointException(
              file
                  + ": "
                  + option
                  + ".rope_type: expected default, linear or llama3, got \""
                  + type
                  + "\"");
    };
  }

  private static double required(Path file, JsonNode given, String option, String key) {
    double value = LlamaConfig.number(file, given.path(key), option + "." + key, Double.NaN);
    if (Double.isNaN(value)) {
      throw new InvalidCheckpointException(
          file + ": " + option + "." + key + ": expected a positive number, got nothing");
    }
    return value;
  }
}
