package io.layerwatch.runtime.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * References to what stands elsewhere, such as {@code ${file:/run/secrets/kafka:password}}, by the
 * providers of {@code kafka.config.providers}. Kafka's clients follow them by themselves, the
 * registry's does not.
 */
final class References {

  private static final String PROVIDERS = "config.providers";

  /** As Kafka has them, with the provider's name. */
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}:]*):[^}]*}");

  private final Map<String, Object> providers = new TreeMap<>();

  /** Takes the providers that are among the settings of Kafka's clients. */
  References(Map<String, Object> kafka) {
    kafka.forEach(
        (key, value) -> {
          if (key.startsWith(PROVIDERS)) {
            providers.put(key, value);
          }
        });
  }

  /**
   * The values with what they refer to.
   *
   * @param prefix of the keys, as settings have them
   * @param problems takes what cannot be read; values are never among them
   */
  Map<String, Object> check(String prefix, Map<String, Object> values, List<String> problems) {
    Set<String> names = names();
    values.forEach(
        (key, value) -> {
          if (refersToOthers(String.valueOf(value), names)) {
            problems.add(
                prefix
                    + key
                    + ": expected references to providers that kafka."
                    + PROVIDERS
                    + " names, got one to another");
          }
        });
    if (names.isEmpty()) {
      return values;
    }
    Map<String, Object> all = new TreeMap<>(values);
    all.putAll(providers);
    Map<String, Object> resolved;
    try {
      resolved = new TreeMap<>(new AbstractConfig(new ConfigDef(), all, false).originals());
    } catch (KafkaException e) {
      problems.add(
          "kafka." + PROVIDERS + ": expected providers that can be read, got: " + e.getMessage());
      return values;
    }
    Pattern unresolved =
        Pattern.compile(
            names.stream().map(Pattern::quote).collect(Collectors.joining("|", "\\$\\{(", "):")));
    resolved.keySet().retainAll(values.keySet());
    resolved.forEach(
        (key, value) -> {
          if (unresolved.matcher(String.valueOf(value)).find()) {
            problems.add(
                prefix + key + ": expected what kafka." + PROVIDERS + " can read, got nothing");
          }
        });
    return resolved;
  }

  private Set<String> names() {
    return Arrays.stream(String.valueOf(providers.getOrDefault(PROVIDERS, "")).split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toSet());
  }

  /** What nobody follows would be the password itself. */
  private static boolean refersToOthers(String value, Set<String> names) {
    return REFERENCE
        .matcher(value)
        .results()
        .anyMatch(reference -> !names.contains(reference.group(1)));
  }
}
