package io.layerwatch.instrumentation.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.runtime.process.JsonProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model's config.json, or an object in it: options by key. What cannot be run is refused in one
 * sentence that names the option. An option that is null counts as not given.
 */
final class ConfigFile {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final String prefix;
  private final JsonNode root;

  private ConfigFile(Path path, String prefix, JsonNode root) {
    this.path = path;
    this.prefix = prefix;
    this.root = root;
  }

  /** Reads config.json of the model directory. */
  static ConfigFile read(Path directory) {
    return read(directory, "config.json");
  }

  /** Reads another file of options of the model directory. */
  static ConfigFile read(Path directory, String name) {
    Path file = directory.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new InvalidCheckpointException(file + ": expected a file, found none");
    }
    try {
      return new ConfigFile(file, "", JSON.readTree(file.toFile()));
    } catch (JsonProcessingException e) {
      throw new InvalidCheckpointException(file + ": expected JSON: " + JsonProblem.of(e), e);
    } catch (IOException e) {
      throw new InvalidCheckpointException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Whether the option is given. */
  boolean has(String key) {
    return root.hasNonNull(key);
  }

  /** Whether the option is there and says null, where leaving it out says something else. */
  boolean isNull(String key) {
    return root.path(key).isNull();
  }

  int positive(String key) {
    JsonNode value = root.path(key);
    if (!value.isInt() || value.asInt() <= 0) {
      throw refused(key, "a positive whole number");
    }
    return value.asInt();
  }

  int positive(String key, int otherwise) {
    return has(key) ? positive(key) : otherwise;
  }

  /** A number that is not negative, or the other one. */
  int wholeNumber(String key, int otherwise) {
    JsonNode value = root.path(key);
    if (has(key) && (!value.isInt() || value.asInt() < 0)) {
      throw refused(key, "a whole number");
    }
    return has(key) ? value.asInt() : otherwise;
  }

  /** A number that is not negative. */
  long wholeNumber(String key) {
    JsonNode value = root.path(key);
    if (!isWhole(value)) {
      throw refused(key, "a whole number");
    }
    return value.asLong();
  }

  /** A list of numbers that are not negative. */
  List<Integer> wholeNumbers(String key) {
    JsonNode value = root.path(key);
    List<Integer> numbers = new ArrayList<>();
    for (JsonNode item : value) {
      if (!item.isInt() || item.asInt() < 0) {
        throw refused(key, "whole numbers");
      }
      numbers.add(item.asInt());
    }
    if (!value.isArray()) {
      throw refused(key, "a list");
    }
    return numbers;
  }

  private static boolean isWhole(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong() && value.asLong() >= 0;
  }

  double positiveNumber(String key) {
    JsonNode value = root.path(key);
    if (!value.isNumber() || !(value.asDouble() > 0)) {
      throw refused(key, "a positive number");
    }
    return value.asDouble();
  }

  double positiveNumber(String key, double otherwise) {
    return has(key) ? positiveNumber(key) : otherwise;
  }

  boolean flag(String key, boolean otherwise) {
    if (has(key) && !root.path(key).isBoolean()) {
      throw refused(key, "true or false");
    }
    return root.path(key).asBoolean(otherwise);
  }

  String text(String key, String otherwise) {
    return has(key) ? root.path(key).asText() : otherwise;
  }

  /** The texts of a list; empty where there is none. */
  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    root.path(key).forEach(item -> texts.add(item.asText()));
    return texts;
  }

  /** The object under the key. */
  Optional<ConfigFile> part(String key) {
    return has(key)
        ? Optional.of(new ConfigFile(path, prefix + key + ".", root.path(key)))
        : Optional.empty();
  }

  /** Refuses the option when it is given as anything but this, which changes nothing. */
  void expect(String key, boolean neutral) {
    if (has(key) && (!root.path(key).isBoolean() || root.path(key).asBoolean() != neutral)) {
      throw refused(key, Boolean.toString(neutral));
    }
  }

  /** Refuses the option when it is given as anything but this number, which changes nothing. */
  void expect(String key, int neutral) {
    if (has(key) && (!root.path(key).isNumber() || root.path(key).asDouble() != neutral)) {
      throw refused(key, Integer.toString(neutral));
    }
  }

  /** Refuses every option but these, since it is likely a typo. */
  void expectOnly(List<String> keys) {
    List<String> others = new ArrayList<>();
    root.fieldNames().forEachRemaining(others::add);
    others.removeAll(keys);
    if (!root.isObject() || !others.isEmpty()) {
      throw new InvalidCheckpointException(
          path
              + ": "
              + (prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1) + ": ")
              + "expected an object of "
              + String.join(", ", keys)
              + ", got "
              + (root.isObject() ? others : root));
    }
  }

  /** Refuses the option when it is given at all; an empty object or list gives nothing. */
  void expectNone(String key) {
    JsonNode value = root.path(key);
    if (has(key) && !(value.isContainerNode() && value.isEmpty())) {
      throw refused(key, "none");
    }
  }

  /** What to throw at an option: file, key, what was expected and what was found. */
  InvalidCheckpointException refused(String key, String expected) {
    JsonNode value = root.path(key);
    return new InvalidCheckpointException(
        path
            + ": "
            + prefix
            + key
            + ": expected "
            + expected
            + ", got "
            + (value.isMissingNode() ? "nothing" : value));
  }

  /** Ids that end a text: those of generation_config.json, or else of config.json. */
  List<Integer> endTokens() {
    Path directory = path.toAbsolutePath().getParent();
    JsonNode end = root.path("eos_token_id");
    if (Files.exists(directory.resolve("generation_config.json"))) {
      ConfigFile generation = read(directory, "generation_config.json");
      end = generation.has("eos_token_id") ? generation.root.path("eos_token_id") : end;
    }
    List<Integer> ids = new ArrayList<>();
    if (end.isArray()) {
      end.forEach(id -> ids.add(id.asInt()));
    } else if (end.isInt()) {
      ids.add(end.asInt());
    }
    return ids;
  }
}
