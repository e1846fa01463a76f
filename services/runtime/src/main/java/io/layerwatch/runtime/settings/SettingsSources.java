package io.layerwatch.runtime.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where settings come from; a later source wins over an earlier one.
 *
 * @param defaults where a process differs from the definition's own defaults
 * @param file a properties file
 * @param environment variables named {@code LAYERWATCH_SCORER_WINDOW_SIZE} for {@code
 *     scorer.window.size}; other variables are none of ours
 * @param overrides from the command line
 */
public record SettingsSources(
    Map<String, String> defaults,
    Optional<Path> file,
    Map<String, String> environment,
    Map<String, String> overrides) {

  private static final String PREFIX = "LAYERWATCH_";

  /** Read by the start script, and by what builds and composes the images; not by a process. */
  private static final Set<String> NOT_SETTINGS =
      Set.of("LAYERWATCH_HOME", "LAYERWATCH_OPTS", "LAYERWATCH_VERSION", "LAYERWATCH_REGISTRY");

  public SettingsSources {
    defaults = Map.copyOf(defaults);
    environment = Map.copyOf(environment);
    overrides = Map.copyOf(overrides);
  }

  /** Only these values. */
  public static SettingsSources of(Map<String, String> overrides) {
    return new SettingsSources(Map.of(), Optional.empty(), Map.of(), overrides);
  }

  /** The same with other defaults. */
  public SettingsSources withDefaults(Map<String, String> others) {
    return new SettingsSources(others, file, environment, overrides);
  }

  /** Every value by key; problems with a source are added to the list. */
  Map<String, String> layered(Set<String> knownKeys, List<String> problems) {
    Map<String, String> values = new TreeMap<>(defaults);
    file.ifPresent(path -> values.putAll(readFile(path, problems)));
    Map<String, String> keysByVariable =
        knownKeys.stream().collect(Collectors.toMap(SettingsSources::variable, key -> key));
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX) && !NOT_SETTINGS.contains(name)) {
            values.put(keysByVariable.getOrDefault(name, dotted(name)), value);
          }
        });
    values.putAll(overrides);
    return values;
  }

  private static Map<String, String> readFile(Path path, List<String> problems) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(path)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      problems.add("--config: expected a readable properties file, got \"" + path + "\"");
    }
    Map<String, String> values = new TreeMap<>();
    properties.forEach((key, value) -> values.put(key.toString(), value.toString().trim()));
    return values;
  }

  /** The name of the environment variable that sets a key. */
  public static String variable(String key) {
    return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private static String dotted(String variable) {
    return variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.');
  }
}
