package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.analysis.drift.DriftCriteria;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.settings.SettingsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class ScorerSettingsTest {

  @Test
  void defaults() {
    assertThat(load(Map.of()))
        .isEqualTo(
            new ScorerSettings(
                "layerwatch-scorer",
                Duration.ofMinutes(1),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                Duration.ofHours(2),
                Duration.ofMinutes(10),
                0.01,
                new DriftSettings(DriftCriteria.DEFAULT, Duration.ofDays(30))));
  }

  @Test
  void everyKeyIsMapped() {
    assertThat(
            load(
                Map.ofEntries(
                    Map.entry("scorer.application.id", "other"),
                    Map.entry("scorer.window.size", "5s"),
                    Map.entry("scorer.window.grace", "0s"),
                    Map.entry("scorer.instance.timeout", "7s"),
                    Map.entry("scorer.model.timeout", "8s"),
                    Map.entry("scorer.instance.retention", "10h"),
                    Map.entry("scorer.lag.maximum", "3h"),
                    Map.entry("scorer.future.tolerance", "2h"),
                    Map.entry("scorer.sparsity.threshold", "0.001"),
                    Map.entry("scorer.drift.scores", "pooled-avss"),
                    Map.entry("scorer.drift.baseline.windows", "12"),
                    Map.entry("scorer.drift.shift", "0.1"),
                    Map.entry("scorer.drift.tokens.minimum", "99"),
                    Map.entry("scorer.drift.retention", "3d"))))
        .isEqualTo(
            new ScorerSettings(
                "other",
                Duration.ofSeconds(5),
                Duration.ZERO,
                Duration.ofSeconds(7),
                Duration.ofSeconds(8),
                Duration.ofHours(10),
                Duration.ofHours(3),
                Duration.ofHours(2),
                0.001,
                new DriftSettings(
                    new DriftCriteria(EnumSet.of(Ranking.POOLED_AVSS), 12, 0.1, 99),
                    Duration.ofDays(3))));
  }

  @Test
  void everyProblemIsListedAtOnce() {
    assertThatThrownBy(
            () ->
                load(
                    Map.of(
                        "scorer.window.size", "5",
                        "scorer.window.grace", "-5s",
                        "scorer.sparsity.threshold", "0")))
        .asInstanceOf(InstanceOfAssertFactories.type(InvalidSettingsException.class))
        .extracting(InvalidSettingsException::problems)
        .asInstanceOf(InstanceOfAssertFactories.list(String.class))
        .containsExactlyInAnyOrder(
            "scorer.window.size: expected a positive duration such as 5s, got \"5\"",
            "scorer.window.grace: expected a duration such as 5s, got \"-5s\"",
            "scorer.sparsity.threshold: expected a number above 0, got \"0\"");
  }

  @Test
  void timesThatContradictEachOtherAreListed() {
    assertThatThrownBy(
            () ->
                load(
                    Map.of(
                        "scorer.window.grace", "2h",
                        "scorer.future.tolerance", "3h",
                        "scorer.window.size", "24h",
                        "scorer.model.timeout", "20s",
                        "scorer.instance.retention", "1h")))
        .asInstanceOf(InstanceOfAssertFactories.type(InvalidSettingsException.class))
        .extracting(InvalidSettingsException::problems)
        .asInstanceOf(InstanceOfAssertFactories.list(String.class))
        .containsExactlyInAnyOrder(
            "scorer.lag.maximum: expected more than scorer.window.grace, 2h, got \"2h\"",
            "scorer.lag.maximum: expected more than scorer.future.tolerance, 3h, got \"2h\"",
            "scorer.instance.retention: expected more than scorer.lag.maximum, 2h, got \"1h\"",
            "scorer.model.timeout: expected at least scorer.instance.timeout, 30s, got \"20s\"",
            "scorer.instance.retention: expected more than scorer.window.size +"
                + " scorer.window.grace + scorer.model.timeout, PT26H20S, got \"1h\"");
  }

  @Test
  void processingAtLeastOnceIsRefused() {
    assertThat(load(Map.of("kafka.processing.guarantee", "exactly_once_v2")))
        .isEqualTo(load(Map.of()));
    assertThatThrownBy(() -> load(Map.of("kafka.processing.guarantee", "at_least_once")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessage("kafka.processing.guarantee: expected exactly_once_v2, got \"at_least_once\"");
  }

  @Test
  void theReadmeShowsEverySetting() throws IOException {
    assertThat(Files.readString(Path.of("README.md")))
        .contains(SettingsTable.markdown(ScorerSettings.addTo(new ConfigDef())));
  }

  private static ScorerSettings load(Map<String, String> values) {
    return ScorerSettings.of(Settings.load(ScorerSettings.define(), SettingsSources.of(values)));
  }
}
