package io.layerwatch.integration;

import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.ProbeSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.standalone.Standalone;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Requests neither fail nor wait while the broker is gone, and what they did to the layers arrives
 * once it is back.
 */
class BrokerOutageTest {

  @Test
  void requestsNeverNoticeAndTheSummariesArrive() {
    Map<String, String> settings =
        Map.of(
            InstrumentationSettings.MODEL_DIRECTORY, Repository.demoModel().toString(),
            InstrumentationSettings.HOST, "127.0.0.1",
            InstrumentationSettings.PORT, "0",
            InstrumentationSettings.BACKLOG_WINDOW, "5s",
            InstrumentationSettings.MINIMUM_TOKENS, "1",
            ProbeSettings.BUDGET, "1",
            ScorerSettings.WINDOW_SIZE, "5s",
            ScorerSettings.WINDOW_GRACE, "1s",
            CommonSettings.ADMIN_PORT, "0",
            CommonSettings.TOPICS_REPLICATION, "1");
    try (Standalone standalone = new Standalone(SettingsSources.of(settings))) {
      OutageScenario.run(new StandaloneLoop(standalone));
    }
  }
}
