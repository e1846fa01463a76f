package io.layerwatch.recommender.read;

import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the topics are: options of every command that reads them. */
final class Connection {

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers, short for --set " + CommonSettings.BOOTSTRAP_SERVERS + "=.")
  private Optional<String> brokers = Optional.empty();

  @Option(
      names = "--schema-registry",
      paramLabel = "URL",
      description = "Schema registry, short for --set " + CommonSettings.SCHEMA_REGISTRY_URL + "=.")
  private Optional<String> registry = Optional.empty();

  @Mixin private SettingsOptions options;

  /** A recommender's file of settings will do, too. */
  Settings settings() {
    Map<String, String> given = new HashMap<>();
    brokers.ifPresent(value -> given.put(CommonSettings.BOOTSTRAP_SERVERS, value));
    registry.ifPresent(value -> given.put(CommonSettings.SCHEMA_REGISTRY_URL, value));
    return Settings.load(RecommenderSettings.define(), options.sources(given));
  }
}
