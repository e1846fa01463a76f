package io.layerwatch.instrumentation.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a Llama-family decoder, from a Hugging Face config.json.
 *
 * <p>An option that the runner does not implement is refused by name: ignoring it would give
 * another model's activations.
 *
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the gated feed-forward
 * @param layerCount decoder blocks
 * @param attentionHeads query heads
 * @param keyValueHeads key and value heads; divides the query heads
 * @param headSize width of one head, even
 * @param vocabularySize token ids run below it
 * @param contextLength most tokens of a sequence
 * @param normEpsilon added to the mean square in RMS normalisation
 * @param ropeTheta base of the rotary angles
 * @param ropeScaling what becomes of their frequencies
 * @param tiedEmbeddings whether the output head is the embedding
 * @param endTokens ids that end a generated text
 */
public record LlamaConfig(
    int hiddenSize,
    int intermediateSize,
    int layerCount,
    int attentionHeads,
    int keyValueHeads,
    int headSize,
    int vocabularySize,
    int contextLength,
    double normEpsilon,
    double ropeTheta,
    RotaryScaling ropeScaling,
    boolean tiedEmbeddings,
    List<Integer> endTokens)
    implements ModelConfig {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of [context, head size], 128 MiB: 262,144 tokens with heads of 128. */
  private static final int LARGEST_ROTARY_TABLE = 1 << 25;

  public LlamaConfig {
    endTokens = List.copyOf(endTokens);
  }

  /** Reads config.json of the model directory, and generation_config.json for its end tokens. */
  public static LlamaConfig read(Path directory) {
    Path file = directory.resolve("config.json");
    JsonNode config = readJson(file);
    refuseUnsupported(file, config);
    int hidden = positive(file, config, "hidden_size");
    int heads = positive(file, config, "num_attention_heads");
    int keyValueHeads =
        config.hasNonNull("num_key_value_heads")
            ? positive(file, config, "num_key_value_heads")
            : heads;
    if (heads % keyValueHeads != 0) {
      throw new InvalidCheckpointException(
          file
              + ": num_key_value_heads: expected a divisor of num_attention_heads "
              + heads
              + ", got "
              + keyValueHeads);
    }
    if (!config.hasNonNull("head_dim") && hidden % heads != 0) {
      throw new InvalidCheckpointException(
          file
              + ": num_attention_heads: expected a divisor of hidden_size "
              + hidden
              + ", got "
              + heads);
    }
    int headSize =
        config.hasNonNull("head_dim") ? positive(file, config, "head_dim") : hidden / heads;
    if (headSize % 2 != 0) {
      throw new InvalidCheckpointException(
          file + ": head_dim: expected an even number, got " + headSize);
    }
    int contextLength = positive(file, config, "max_position_embeddings");
    if ((long) contextLength * headSize > LARGEST_ROTARY_TABLE) {
      throw new InvalidCheckpointException(
          file
              + ": max_position_embeddings: expected at most "
              + LARGEST_ROTARY_TABLE / headSize
              + " with heads of "
              + headSize
              + ", got "
              + contextLength);
    }
    return new LlamaConfig(
        hidden,
        positive(file, config, "intermediate_size"),
        positive(file, config, "num_hidden_layers"),
        heads,
        keyValueHeads,
        headSize,
        positive(file, config, "vocab_size"),
        contextLength,
        number(file, config.path("rms_norm_eps"), "rms_norm_eps", 1e-6),
        RotaryConfig.theta(file, config),
        RotaryConfig.scaling(file, config),
        config.path("tie_word_embeddings").asBoolean(false),
        endTokens(directory, config));
  }

  private static void refuseUnsupported(Path file, JsonNode config) {
    JsonNode architectures = config.path("architectures");
    if (architectures.size() != 1 || !architectures.get(0).asText().equals("LlamaForCausalLM")) {
      throw new InvalidCheckpointException(
          file + ": architectures: expected [\"LlamaForCausalLM\"], got " + shown(architectures));
    }
    expect(file, config, "hidden_act", "silu");
    expect(file, config, "attention_bias", "false");
    expect(file, config, "mlp_bias", "false");
    if (config.hasNonNull("quantization_config")) {
      throw new InvalidCheckpointException(
          file
              + ": quantization_config: expected none, got "
              + shown(config.path("quantization_config")));
    }
    JsonNode partial = config.path("partial_rotary_factor");
    if (partial.isNumber() && partial.asDouble() != 1) {
      throw new InvalidCheckpointException(
          file + ": partial_rotary_factor: expected 1, got " + partial);
    }
  }

  private static List<Integer> endTokens(Path directory, JsonNode config) {
    Path generation = directory.resolve("generation_config.json");
    JsonNode end = config.path("eos_token_id");
    if (Files.exists(generation)) {
      JsonNode own = readJson(generation).path("eos_token_id");
      end = own.isMissingNode() || own.isNull() ? end : own;
    }
    List<Integer> ids = new ArrayList<>();
    if (end.isArray()) {
      end.forEach(id -> ids.add(id.asInt()));
    } else if (end.isInt()) {
      ids.add(end.asInt());
    }
    return ids;
  }

  private static JsonNode readJson(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidCheckpointException(file + ": expected a file, found none");
    }
    try {
      return JSON.readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new InvalidCheckpointException(
          file + ": expected JSON, got " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InvalidCheckpointException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static int positive(Path file, JsonNode config, String key) {
    JsonNode value = config.path(key);
    if (!value.isInt() || value.asInt() <= 0) {
      throw new InvalidCheckpointException(
          file + ": " + key + ": expected a positive whole number, got " + shown(value));
    }
    return value.asInt();
  }

  /** A positive number, or the default where there is none. */
  static double number(Path file, JsonNode value, String key, double otherwise) {
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isNumber() || !(value.asDouble() > 0)) {
      throw new InvalidCheckpointException(
          file + ": " + key + ": expected a positive number, got " + shown(value));
    }
    return value.asDouble();
  }

  private static void expect(Path file, JsonNode config, String key, String expected) {
    if (config.hasNonNull(key) && !config.path(key).asText().equals(expected)) {
      throw new InvalidCheckpointException(
          file + ": " + key + ": expected " + expected + ", got " + shown(config.path(key)));
    }
  }

  private static String shown(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.toString();
  }
}
