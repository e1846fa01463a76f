package io.layerwatch.runtime.settings;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

/** A definition as the Markdown table that READMEs show. */
public final class SettingsTable {

  private SettingsTable() {}

  public static String markdown(ConfigDef definition) {
    StringBuilder table = new StringBuilder("| setting | default | what it is |\n|---|---|---|\n");
    definition.configKeys().values().stream()
        .sorted((a, b) -> a.name.compareTo(b.name))
        .forEach(key -> table.append(row(key)));
    return table.toString();
  }

  private static String row(ConfigKey key) {
    String initial = key.hasDefault() ? ConfigDef.convertToString(key.defaultValue, key.type) : "";
    String expected = key.validator == null ? "" : " Expects " + key.validator + ".";
    return "| `"
        + key.name
        + "` | "
        + (!key.hasDefault() ? "required" : initial.isEmpty() ? "" : "`" + initial + "`")
        + " | "
        + key.documentation
        + expected
        + " |\n";
  }
}
