package io.layerwatch.scorer.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.SettingsSources;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayPlanTest {

  private static final Instant NOW = Instant.parse("2026-01-31T12:00:45Z");

  @Test
  void wholeWindowsAreTakenAsTheyAre() {
    ReplayPlan plan = plan("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z", Map.of());
    assertThat(plan.range()).isEqualTo(range("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z"));
    assertThat(plan.notes()).isEmpty();
  }

  @Test
  void aRangeIsRoundedOutwardsToWholeWindowsAndSaysSo() {
    ReplayPlan plan = plan("2026-01-31T10:00:30+00:00", "2026-01-31T11:00:00.001Z", Map.of());
    assertThat(plan.range()).isEqualTo(range("2026-01-31T10:00:00Z", "2026-01-31T11:01:00Z"));
    assertThat(plan.notes())
        .containsExactly("the windows of PT1M from 2026-01-31T10:00:00Z to 2026-01-31T11:01:00Z");
  }

  @Test
  void timesMayBeSaidAsHowLongAgoTheyAre() {
    assertThat(plan("2h", "90m", Map.of()).range())
        .isEqualTo(range("2026-01-31T10:00:00Z", "2026-01-31T10:31:00Z"));
  }

  @Test
  void aWindowThatMayStillBeOpenIsLeftOut() {
    // 12:00 has ended 45 s ago, more than the grace of 30 s; 12:01 has not.
    assertThat(plan("10m", "now", Map.of()).range())
        .isEqualTo(range("2026-01-31T11:50:00Z", "2026-01-31T12:00:00Z"));
    assertThat(plan("10m", "now", Map.of("scorer.window.grace", "46s")).range())
        .isEqualTo(range("2026-01-31T11:50:00Z", "2026-01-31T11:59:00Z"));
  }

  @Test
  void timesOutOfReachAreTheNearestWithinIt() {
    assertThat(plan("-999999999-01-01T00:00:00Z", "+999999999-12-31T00:00:00Z", Map.of()).range())
        .isEqualTo(range("1970-01-01T00:00:00Z", "2026-01-31T12:00:00Z"));
    assertThat(plan("999999d", "1h", Map.of()).range().start()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void everyProblemIsListedAtOnce() {
    assertThat(
            problems(
                "yesterday",
                "tomorrow",
                Map.of("scorer.window.size", "5", "scorer.windw.grace", "1s"),
                "demo",
                "scores"))
        .containsExactlyInAnyOrder(
            "scorer.window.size: expected a positive duration such as 5s, got \"5\"",
            "scorer.windw.grace: unknown setting; did you mean scorer.window.grace?",
            "--from: expected a time such as 2026-01-31T12:00:00Z, or how long ago it is, such as"
                + " 2h, got \"yesterday\"",
            "--to: expected a time such as 2026-01-31T12:00:00Z, or how long ago it is, such as"
                + " 2h, got \"tomorrow\"",
            "--model: expected NAME@REVISION, got \"demo\"",
            "--output: expected - or topic:NAME, got \"scores\"");
  }

  @Test
  void theRangeEndsAfterItBeginsAndHoldsAWindowThatHasEnded() {
    assertThat(problems("1h", "2h", Map.of(), "m@r", "-"))
        .containsExactly("--from: expected a time before --to, 2026-01-31T10:00:45Z, got \"1h\"");
    assertThat(problems("10s", "now", Map.of(), "m@r", "-"))
        .containsExactly(
            "--from: expected a time before 2026-01-31T12:00:00Z, when the last window ended that"
                + " is not open any more, got 2026-01-31T12:00:35Z");
  }

  @Test
  void modelAndTopicAreTaken() {
    ReplayPlan plan = plan("2h", "1h", Map.of(), "a@b@r1", "topic:layerwatch.layer-scores-again");
    assertThat(plan.model()).contains(new ModelId("a@b", "r1"));
    assertThat(plan.topic()).contains("layerwatch.layer-scores-again");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "layerwatch.layer-scores",
        "layerwatch.activation-summaries",
        "layerwatch.rejected",
        "layerwatch-scorer-open-windows-changelog",
        "__consumer_offsets"
      })
  void topicsThatAreInUseAreRefused(String name) {
    assertThat(problems("2h", "1h", Map.of(), "m@r", "topic:" + name))
        .containsExactly(
            "--output: expected a topic that nothing else writes or reads, got \"topic:"
                + name
                + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"topic:", "topic:a b", "topic:..", "file:x", ""})
  void whatIsNoTopicIsRefused(String output) {
    assertThat(problems("2h", "1h", Map.of(), "m@r", output))
        .containsExactly("--output: expected - or topic:NAME, got \"" + output + "\"");
  }

  @Test
  void thePrefixOfTheDeploymentDecidesWhichTopicsAreLive() {
    assertThat(problems("2h", "1h", Map.of("topics.prefix", "x."), "m@r", "topic:x.layer-scores"))
        .hasSize(1);
    assertThat(
            plan("2h", "1h", Map.of("topics.prefix", "x."), "m@r", "topic:layerwatch.layer-scores")
                .topic())
        .isPresent();
  }

  private static List<String> problems(
      String from, String to, Map<String, String> settings, String model, String output) {
    return catchThrowableOfType(
            InvalidSettingsException.class, () -> plan(from, to, settings, model, output))
        .problems();
  }

  private static ReplayPlan plan(String from, String to, Map<String, String> settings) {
    return plan(from, to, settings, "m@r", "-");
  }

  private static ReplayPlan plan(
      String from, String to, Map<String, String> settings, String model, String output) {
    return ReplayPlan.of(
        new ReplayPlan.Given(from, to, Optional.of(model), Optional.empty(), output),
        SettingsSources.of(settings),
        NOW);
  }

  private static TimeWindow range(String from, String to) {
    return new TimeWindow(Instant.parse(from), Instant.parse(to));
  }
}
