package io.layerwatch.standalone;

import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.ProbeSettings;
import io.layerwatch.instrumentation.verify.VerifierSettings;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.scorer.DriftSettings;
import io.layerwatch.scorer.ScorerSettings;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/** The settings of all services in one process, quicker by default than in production. */
final class StandaloneSettings {

  /** A first candidate within about a minute and a half. */
  static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry(InstrumentationSettings.HOST, "127.0.0.1"),
          Map.entry(InstrumentationSettings.DRAIN, "1s"),
          // Windows of some seconds need every token there is.
          Map.entry(ProbeSettings.BUDGET, "1"),
          Map.entry(InstrumentationSettings.FLUSH_INTERVAL, "1s"),
          Map.entry(InstrumentationSettings.BACKLOG_WINDOW, "5s"),
          Map.entry(ScorerSettings.WINDOW_SIZE, "5s"),
          Map.entry(ScorerSettings.WINDOW_GRACE, "1s"),
          Map.entry(DriftSettings.BASELINE_WINDOWS, "12"),
          Map.entry(DriftSettings.MINIMUM_TOKENS, "200"),
          Map.entry(RecommenderSettings.MINIMUM_TOKENS, "200"),
          Map.entry(RecommenderSettings.PAGE, "true"),
          Map.entry(VerifierSettings.SHARE, "0.5"),
          Map.entry(CommonSettings.ADMIN_HOST, "127.0.0.1"),
          Map.entry(CommonSettings.TOPICS_PARTITIONS, "2"),
          Map.entry(CommonSettings.TOPICS_REPLICATION, "1"));

  private StandaloneSettings() {}

  static ConfigDef define() {
    return RecommenderSettings.addTo(
        ScorerSettings.addTo(InstrumentationSettings.addTo(CommonSettings.define())));
  }
}
