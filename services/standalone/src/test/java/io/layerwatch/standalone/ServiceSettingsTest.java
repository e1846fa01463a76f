package io.layerwatch.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServiceSettingsTest {

  @Test
  void theDefaultsFitEachOther() {
    ServiceSettings services = load(StandaloneSettings.DEFAULTS);
    assertThat(services.instrumentation().flushInterval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(services.scorer().windowSize()).isEqualTo(Duration.ofSeconds(5));
    assertThat(load(Map.of()).scorer().windowSize()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void everythingThatDoesNotFitIsListedAtOnce() {
    assertThat(
            problems(
                Map.of(
                    "instrumentation.flush.interval", "7s",
                    "instrumentation.backlog.window", "21s",
                    "instrumentation.backlog.windows", "400",
                    "instrumentation.probe.sites", "block-output,block-contribution",
                    "instrumentation.probe.thresholds", "1e-4,1e-3",
                    "scorer.instance.timeout", "7s",
                    "scorer.model.timeout", "3s")))
        .containsExactly(
            "scorer.model.timeout: expected at least scorer.instance.timeout, 7s, got \"3s\"",
            "scorer.window.size: expected a multiple of instrumentation.flush.interval 7s, got"
                + " \"1m\"",
            "scorer.window.size: expected a multiple of instrumentation.backlog.window 21s, got"
                + " \"1m\"",
            "scorer.instance.timeout: expected more than instrumentation.backlog.window 21s, got"
                + " \"7s\"",
            "scorer.model.timeout: expected more than instrumentation.backlog.window 21s, got"
                + " \"3s\"",
            "scorer.lag.maximum: expected more than the 400 instrumentation.backlog.windows of"
                + " 21s, got \"2h\"",
            "scorer.sparsity.threshold: expected one of instrumentation.probe.thresholds"
                + " 1e-4,1e-3, got \"0.01\"",
            "recommender.site: expected one of instrumentation.probe.sites"
                + " block-output,block-contribution, got \"relative-contribution\"");
  }

  @Test
  void anInstanceThatKeepsNothingBackIsSilentForAFlushIntervalAtMost() {
    Map<String, String> settings = new HashMap<>();
    settings.put("scorer.instance.timeout", "7s");
    settings.put("instrumentation.privacy.tokens.minimum", "1");
    assertThat(load(settings).instrumentation().minimumTokens()).isEqualTo(1);
    settings.put("instrumentation.flush.interval", "10s");
    assertThat(problems(settings))
        .containsExactly(
            "scorer.instance.timeout: expected more than instrumentation.flush.interval 10s, got"
                + " \"7s\"");
  }

  @Test
  void problemsWithinAServiceAreListedWithThoseBetweenThem() {
    assertThat(
            problems(
                Map.of(
                    "instrumentation.backlog.window", "1500ms",
                    "scorer.window.grace", "2h",
                    "recommender.withdraw.after.windows", "11",
                    "scorer.window.size", "1s")))
        .containsExactly(
            "instrumentation.backlog.window: expected a multiple of"
                + " instrumentation.flush.interval 1s, got \"1500ms\"",
            "scorer.lag.maximum: expected more than scorer.window.grace, 2h, got \"2h\"",
            "recommender.withdraw.after.windows: expected at most recommender.windows (10), got"
                + " \"11\"",
            "scorer.window.size: expected a multiple of instrumentation.backlog.window 1500ms, got"
                + " \"1s\"");
  }

  private static List<String> problems(Map<String, String> values) {
    return catchThrowableOfType(InvalidSettingsException.class, () -> load(values)).problems();
  }

  private static ServiceSettings load(Map<String, String> values) {
    Map<String, String> all = new HashMap<>(values);
    all.put("model.directory", "m");
    return ServiceSettings.of(Settings.load(StandaloneSettings.define(), SettingsSources.of(all)));
  }
}
