package io.layerwatch.standalone;

import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.scorer.ScorerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/** The settings of all services in one process, quicker by default than in production. */
final class StandaloneSettings {

  /** A first candidate within about a minute and a half. */
  static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry(InstrumentationSettings.HOST, "127.0.0.1"),
          Map.entry(InstrumentationSettings.FLUSH_INTERVAL, "1s"),
          Map.entry(InstrumentationSettings.BACKLOG_WINDOW, "5s"),
          Map.entry(ScorerSettings.WINDOW_SIZE, "5s"),
          Map.entry(ScorerSettings.WINDOW_GRACE, "1s"),
          Map.entry(RecommenderSettings.MINIMUM_TOKENS, "200"),
          Map.entry(CommonSettings.ADMIN_HOST, "127.0.0.1"),
          Map.entry(CommonSettings.TOPICS_PARTITIONS, "2"),
          Map.entry(CommonSettings.TOPICS_REPLICATION, "1"));

  private StandaloneSettings() {}

  /** This process brings its own broker and registry: another one's address would go unheard. */
  static void refuseOtherServers(Settings settings) {
    ConfigDef common = CommonSettings.define();
    List<String> problems = new ArrayList<>();
    for (String key :
        List.of(CommonSettings.BOOTSTRAP_SERVERS, CommonSettings.SCHEMA_REGISTRY_URL)) {
      if (!settings.text(key).equals(common.defaultValues().get(key))) {
        problems.add(
            key + ": standalone brings its own; expected none, got \"" + settings.text(key) + "\"");
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
  }

  static ConfigDef define() {
    return RecommenderSettings.addTo(
        ScorerSettings.addTo(InstrumentationSettings.addTo(CommonSettings.define())));
  }
}
