package io.layerwatch.runtime.settings;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The command line's share of the settings: a mixin for every command that has some. */
public final class SettingsOptions {

  @Option(names = "--config", paramLabel = "FILE", description = "Properties file with settings.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting; wins over environment and file. May be repeated.")
  private Map<String, String> set = new LinkedHashMap<>();

  /** File, then environment, then command line. */
  public SettingsSources sources() {
    return sources(Map.of());
  }

  /** The same, where other options of the command stand for settings; those win. */
  public SettingsSources sources(Map<String, String> fromOptions) {
    Map<String, String> overrides = new LinkedHashMap<>(set);
    overrides.putAll(fromOptions);
    return new SettingsSources(Map.of(), config, System.getenv(), overrides);
  }
}
