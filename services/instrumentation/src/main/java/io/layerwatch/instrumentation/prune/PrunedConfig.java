package io.layerwatch.instrumentation.prune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.analysis.pruning.export.LayerRemoval;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.checkpoint.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * config.json after a removal. What it says of a layer goes with the layer; what follows from a
 * layer's number is written out for each, since the numbers change; what speaks of layers in a way
 * that is not known here is refused; all else stays as it is.
 */
final class PrunedConfig {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TYPES = "layer_types";
  private static final String FIRST_WINDOW = "max_window_layers";
  private static final List<String> COUNTS = List.of("num_hidden_layers", "n_layer");

  /** Lists whose entries are no layers, however many they are. */
  private static final Set<String> NOT_OF_LAYERS =
      Set.of(
          TYPES,
          "architectures",
          "bos_token_id",
          "eos_token_id",
          "pad_token_id",
          "bad_words_ids",
          "suppress_tokens",
          "begin_suppress_tokens",
          "keys_to_ignore_at_inference");

  /** Options of other architectures that name layers, or a rule over their numbers. */
  private static final List<String> OF_LAYERS =
      List.of(
          "attention_layers",
          "attention_types",
          "attn_layer_indices",
          "attn_layer_offset",
          "attn_layer_period",
          "block_configs",
          "cross_attention_layers",
          "first_k_dense_replace",
          "full_attention_interval",
          "global_attn_every_n_layers",
          "layers_block_type",
          "mlp_layer_types",
          "mlp_only_layers",
          "moe_layers",
          "no_rope_layer_interval",
          "no_rope_layers",
          "num_kv_shared_layers",
          "sliding_window_layers");

  private final Path file;
  private final ObjectNode config;
  private final LayerRemoval removal;

  private PrunedConfig(Path file, ObjectNode config, LayerRemoval removal) {
    this.file = file;
    this.config = config;
    this.removal = removal;
  }

  /**
   * The config.json of the model directory after the removal.
   *
   * @param before what the runner reads of it
   * @throws InvalidCheckpointException in one sentence, when it speaks of layers in an unknown way
   */
  static ObjectNode of(Path directory, ModelConfig before, LayerRemoval removal) {
    Path file = directory.resolve("config.json");
    try {
      ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
      PrunedConfig pruned = new PrunedConfig(file, config, removal);
      pruned.refuseUnknownWays();
      pruned.adjustCount();
      pruned.adjustWindows(before.windows());
      return config;
    } catch (IOException e) {
      throw new InvalidCheckpointException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private void refuseUnknownWays() {
    for (var option : config.properties()) {
      JsonNode value = option.getValue();
      boolean names = OF_LAYERS.contains(option.getKey()) && !isNothing(value);
      boolean lists =
          value.isArray()
              && value.size() == removal.layerCount()
              && !NOT_OF_LAYERS.contains(option.getKey());
      if (names || lists) {
        throw refused(option.getKey(), "nothing that may speak of single layers", value);
      }
    }
    JsonNode types = config.path(TYPES);
    if (!isNothing(types) && types.size() != removal.layerCount()) {
      throw refused(TYPES, "a list of " + removal.layerCount(), types);
    }
  }

  private static boolean isNothing(JsonNode value) {
    return value.isMissingNode() || value.isNull() || (value.isContainerNode() && value.isEmpty());
  }

  private void adjustCount() {
    for (String key : COUNTS) {
      if (config.hasNonNull(key)) {
        if (config.path(key).asInt() != removal.layerCount()) {
          throw refused(key, removal.layerCount() + ", as the other count says", config.path(key));
        }
        config.put(key, removal.kept().size());
      }
    }
  }

  private void adjustWindows(List<OptionalInt> windows) {
    JsonNode types = config.path(TYPES);
    if (!isNothing(types)) {
      ArrayNode kept = config.putArray(TYPES);
      removal.kept().forEach(layer -> kept.add(types.get(layer)));
    } else if (windows.stream().distinct().count() > 1) {
      // They follow from the numbers of layers, which are others from now on.
      ArrayNode kept = config.putArray(TYPES);
      for (int layer : removal.kept()) {
        kept.add(windows.get(layer).isPresent() ? "sliding_attention" : "full_attention");
      }
    }
    if (config.path(FIRST_WINDOW).isInt()) {
      int first = config.path(FIRST_WINDOW).asInt();
      long gone = removal.removed().stream().filter(layer -> layer < first).count();
      config.put(FIRST_WINDOW, first - (int) gone);
    }
  }

  private InvalidCheckpointException refused(String key, String expected, JsonNode value) {
    return new InvalidCheckpointException(
        file + ": " + key + ": expected " + expected + ", got " + value);
  }
}
