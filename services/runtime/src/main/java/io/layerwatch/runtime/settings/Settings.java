package io.layerwatch.runtime.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;

/**
 * Checked values of the settings that a {@link ConfigDef} defines.
 *
 * <p>Keys under {@code kafka.} pass through to the Kafka clients verbatim, those under {@code
 * schema.registry.} to the registry client; any other key that is not defined is a problem, since
 * it is most likely a slip of the pen.
 */
public final class Settings {

  private static final String KAFKA = "kafka.";
  private static final String REGISTRY = "schema.registry.";

  private final Map<String, Object> values;
  private final Map<String, String> given;
  private final Map<String, Object> kafka;
  private final Map<String, Object> schemaRegistry;

  private Settings(
      Map<String, Object> values,
      Map<String, String> given,
      Map<String, Object> kafka,
      Map<String, Object> schemaRegistry) {
    this.values = Map.copyOf(values);
    this.given = Map.copyOf(given);
    this.kafka = Map.copyOf(kafka);
    this.schemaRegistry = Map.copyOf(schemaRegistry);
  }

  /**
   * Reads and checks.
   *
   * @throws InvalidSettingsException listing every problem
   */
  public static Settings load(ConfigDef definition, SettingsSources sources) {
    List<String> problems = new ArrayList<>();
    Set<String> known = definition.names();
    Map<String, String> given = sources.layered(known, problems);
    given.keySet().stream()
        .filter(key -> !known.contains(key) && !key.startsWith(KAFKA) && !key.startsWith(REGISTRY))
        .forEach(key -> problems.add(key + ": unknown setting" + suggestion(key, known)));
    Map<String, Object> values = new TreeMap<>();
    for (ConfigValue value : definition.validate(given)) {
      // A value of the wrong type fails its validator, too: the first message says it all.
      value.errorMessages().stream()
          .limit(1)
          .map(message -> plain(value.name(), given.get(value.name()), message))
          .forEach(problems::add);
      if (value.value() != null) {
        values.put(value.name(), value.value());
      }
    }
    Map<String, Object> kafka = below(KAFKA, given);
    References references = new References(kafka);
    references.check(KAFKA, kafka, problems);
    Map<String, Object> registry = references.check(REGISTRY, below(REGISTRY, given), problems);
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    kafka.putIfAbsent("bootstrap.servers", values.get(CommonSettings.BOOTSTRAP_SERVERS));
    registry.remove("url");
    registry.put(
        CommonSettings.SCHEMA_REGISTRY_URL, values.get(CommonSettings.SCHEMA_REGISTRY_URL));
    return new Settings(values, given, kafka, registry);
  }

  public String text(String key) {
    return (String) value(key);
  }

  /** A text that may be left empty. */
  public Optional<String> optionalText(String key) {
    return Optional.of(text(key)).filter(text -> !text.isBlank());
  }

  public int integer(String key) {
    return (Integer) value(key);
  }

  public double number(String key) {
    return (Double) value(key);
  }

  public boolean flag(String key) {
    return (Boolean) value(key);
  }

  /** The items of a comma-separated list. */
  public List<String> list(String key) {
    return ((List<?>) value(key)).stream().map(String::valueOf).map(String::trim).toList();
  }

  public Port port(String key) {
    return Port.parse(text(key)).orElseThrow();
  }

  public Duration duration(String key) {
    return Durations.parse(text(key)).orElseThrow();
  }

  /** For Kafka's clients: every setting under {@code kafka.}, without that prefix. */
  public Map<String, Object> kafka() {
    return kafka;
  }

  /**
   * For the registry client: {@code schema.registry.url}, and every other setting under {@code
   * schema.registry.} without that prefix.
   */
  public Map<String, Object> schemaRegistry() {
    return schemaRegistry;
  }

  /** A problem of a setting that does not go with others, worded as those of its own. */
  public String problem(String key, String expected) {
    return problem(key, expected, given.getOrDefault(key, String.valueOf(value(key))));
  }

  private static String problem(String key, String expected, String got) {
    return key + ": expected " + expected + ", got \"" + Shown.of(got) + "\"";
  }

  private Object value(String key) {
    Object value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no setting is named " + key);
    }
    return value;
  }

  private static Map<String, Object> below(String prefix, Map<String, String> given) {
    Map<String, Object> found = new TreeMap<>();
    given.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            found.put(key.substring(prefix.length()), value);
          }
        });
    return found;
  }

  /**
   * ConfigDef's own messages name the class of the value, and our validators are shown numbers that
   * nobody wrote so: a problem says what was expected, and what was given as it was.
   */
  private static String plain(String key, String given, String message) {
    String ours = key + ": expected ";
    if (message.startsWith(ours)) {
      return given == null
          ? message
          : problem(key, message.substring(ours.length(), message.lastIndexOf(", got \"")), given);
    }
    if (message.startsWith("Missing required")) {
      return key + ": expected a value, got nothing";
    }
    String expected = message.substring(message.lastIndexOf(':') + 1).trim();
    return problem(key, wording(expected), given);
  }

  private static String wording(String message) {
    if (message.contains("type int") || message.contains("type INT")) {
      return "a whole number";
    }
    if (message.contains("type double") || message.contains("type DOUBLE")) {
      return "a number";
    }
    return message.contains("boolean") || message.contains("true or false")
        ? "true or false"
        : message;
  }

  private static String suggestion(String key, Set<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> Distance.between(key, candidate)))
        .filter(candidate -> Distance.between(key, candidate) <= Math.max(3, key.length() / 4))
        .map(candidate -> "; did you mean " + candidate + "?")
        .orElse("");
  }
}
