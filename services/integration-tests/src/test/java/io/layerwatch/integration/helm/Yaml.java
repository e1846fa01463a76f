package io.layerwatch.integration.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** YAML as Kubernetes reads it, except that a key that is there twice is an error. */
final class Yaml {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Yaml() {}

  static JsonNode one(Path file) {
    return one(text(file));
  }

  static JsonNode one(String text) {
    return JSON.valueToTree(parser().load(text));
  }

  /** All documents that are not empty. */
  static List<JsonNode> all(String text) {
    return StreamSupport.stream(parser().loadAll(text).spliterator(), false)
        .<JsonNode>map(JSON::valueToTree)
        .filter(document -> !document.isNull())
        .toList();
  }

  /** The first with what the second says otherwise, as Helm merges values. */
  static JsonNode merged(JsonNode defaults, JsonNode values) {
    if (!defaults.isObject() || !values.isObject()) {
      return values;
    }
    ObjectNode merged = defaults.deepCopy();
    values
        .properties()
        .forEach(
            field -> {
              JsonNode before = merged.path(field.getKey());
              merged.set(field.getKey(), merged(before, field.getValue()));
            });
    return merged;
  }

  /** Everything that a document says which is neither a key nor a structure, as text. */
  static Set<String> values(JsonNode document) {
    return document.isValueNode()
        ? Set.of(document.asText())
        : StreamSupport.stream(document.spliterator(), false)
            .flatMap(each -> values(each).stream())
            .collect(Collectors.toSet());
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static org.yaml.snakeyaml.Yaml parser() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    return new org.yaml.snakeyaml.Yaml(new SafeConstructor(options));
  }
}
