package io.layerwatch.recommender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.analysis.pruning.PruningCriteria;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.settings.SettingsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class RecommenderSettingsTest {

  @Test
  void defaultsAreThePolicysOwn() {
    assertThat(load(Map.of()))
        .isEqualTo(
            new RecommenderSettings(
                "layerwatch-recommender", PruningCriteria.DEFAULT, Duration.ofHours(24), false));
  }

  @Test
  void everyKeyIsMapped() {
    assertThat(
            load(
                Map.ofEntries(
                    Map.entry("recommender.application.id", "other"),
                    Map.entry("recommender.site", "block-output"),
                    Map.entry("recommender.ranking", "block-influence"),
                    Map.entry("recommender.share", "0.5"),
                    Map.entry("recommender.windows", "7"),
                    Map.entry("recommender.jaccard.minimum", "0.8"),
                    Map.entry("recommender.spread.maximum", "0.1"),
                    Map.entry("recommender.tokens.minimum", "5"),
                    Map.entry("recommender.withdraw.after.windows", "4"),
                    Map.entry("recommender.protected.layers", "3, 0"),
                    Map.entry("recommender.retention", "2d"),
                    Map.entry("recommender.page", "true"))))
        .isEqualTo(
            new RecommenderSettings(
                "other",
                new PruningCriteria(
                    7,
                    0.5,
                    Ranking.BLOCK_INFLUENCE,
                    "block-output",
                    0.8,
                    0.1,
                    5,
                    new TreeSet<>(List.of(0, 3)),
                    4),
                Duration.ofDays(2),
                true));
  }

  @Test
  void wrongValuesNameTheirKeyAndWhatWasExpected() {
    assertProblem("recommender.share", "1", "expected a number between 0 and 1, got \"1\"");
    assertProblem("recommender.share", "0", "expected a number between 0 and 1, got \"0\"");
    assertProblem(
        "recommender.jaccard.minimum", "0", "expected a number above 0, at most 1, got \"0\"");
    assertProblem("recommender.windows", "0", "expected 1 or more, got \"0\"");
    assertProblem(
        "recommender.ranking",
        "random",
        "expected one of avss, pooled-avss, block-influence, got \"random\"");
    assertProblem(
        "recommender.protected.layers", "1,x", "expected whole numbers, 0 or more, got \"1,x\"");
  }

  @Test
  void aWithdrawalCannotTakeLongerThanACandidate() {
    assertProblem(
        "recommender.withdraw.after.windows",
        "11",
        "expected at most recommender.windows (10), got \"11\"");
  }

  @Test
  void processingAtLeastOnceIsRefused() {
    assertProblem(
        "kafka.processing.guarantee",
        "at_least_once",
        "expected exactly_once_v2, got \"at_least_once\"");
  }

  private static void assertProblem(String key, String value, String problem) {
    assertThatThrownBy(() -> load(Map.of(key, value))).hasMessage(key + ": " + problem);
  }

  @Test
  void theReadmeShowsEverySetting() throws IOException {
    assertThat(Files.readString(Path.of("README.md")))
        .contains(SettingsTable.markdown(RecommenderSettings.addTo(new ConfigDef())));
  }

  private static RecommenderSettings load(Map<String, String> values) {
    return RecommenderSettings.of(
        Settings.load(RecommenderSettings.define(), SettingsSources.of(values)));
  }
}
