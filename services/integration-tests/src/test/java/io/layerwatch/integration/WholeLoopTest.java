package io.layerwatch.integration;

import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.standalone.Standalone;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** From prompts to a candidate, in one process. */
class WholeLoopTest {

  @Test
  void aCandidateAppearsAndAnyAvroClientCanReadIt() throws Exception {
    Map<String, String> settings = new HashMap<>(CandidateScenario.SETTINGS);
    settings.put(InstrumentationSettings.MODEL_DIRECTORY, Repository.demoModel().toString());
    settings.put(InstrumentationSettings.HOST, "127.0.0.1");
    settings.put(InstrumentationSettings.PORT, "0");
    settings.put(CommonSettings.ADMIN_PORT, "0");
    try (Standalone standalone = new Standalone(SettingsSources.of(settings))) {
      CandidateScenario.run(new StandaloneLoop(standalone));
    }
  }
}
