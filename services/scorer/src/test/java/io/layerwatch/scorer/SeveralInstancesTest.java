package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.score.ModelScores;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Windows wait for every live instance: 30 s for a silent one, two hours for one behind. */
class SeveralInstancesTest {

  private static final Summaries ONE = Summaries.DEMO;
  private static final Summaries OTHER = ONE.from("host-2");

  private final ScorerHarness scorer = new ScorerHarness(Instant.ofEpochSecond(10_000));

  @AfterEach
  void close() {
    scorer.close();
  }

  @Test
  void aClockAheadClosesNoWindowThatOthersStillFill() {
    scorer.send(ONE.both(0, 10));
    scorer.send(OTHER.both(500, 20));
    scorer.send(OTHER.both(560, 20));
    assertThat(scorer.published()).isEmpty();

    scorer.send(ONE.both(50, 10));
    scorer.send(ONE.both(70, 10));

    assertThat(scorer.published()).extracting(ModelScores::tokens).containsExactly(20L);
    assertThat(scorer.metric("layerwatch_scorer_late_summaries_total")).isZero();
  }

  @Test
  void theFirstToReturnFromAnOutageWaitsForTheOthers() {
    scorer.send(ONE.both(0, 1));
    scorer.send(OTHER.both(0, 2));
    scorer.pass(80);
    for (int second = 10; second < 400; second += 10) {
      scorer.send(ONE.both(second, 1));
    }
    scorer.pass(29);
    assertThat(scorer.published()).isEmpty();
    for (int second = 10; second < 400; second += 10) {
      scorer.send(OTHER.both(second, 2));
    }

    assertThat(scorer.published())
        .allMatch(ModelScores::complete)
        .extracting(ModelScores::tokens)
        .containsExactly(18L, 18L, 18L, 18L, 18L, 18L);
    assertThat(scorer.metric("layerwatch_scorer_late_summaries_total")).isZero();
  }

  @Test
  void aSilentInstanceIsNotWaitedForAndIsNamed() {
    scorer.send(ONE.both(0, 1));
    scorer.send(OTHER.both(0, 2));
    scorer.send(ONE.both(60, 1));
    scorer.send(ONE.both(130, 1));
    for (int second = 0; second < 29; second++) {
      scorer.pass(1);
      scorer.send(ONE.both(130, 0));
    }
    assertThat(scorer.published()).isEmpty();
    scorer.pass(1);

    var published = scorer.published();
    assertThat(published).extracting(ModelScores::tokens).containsExactly(3L, 1L);
    assertThat(published.get(0).incompleteReason()).contains("not heard to its end: host-2");
    assertThat(published.get(1).sources().silentInstances()).isEmpty();
    assertThat(published.get(1).complete()).isTrue();
  }

  @Test
  void aWindowThatOneInstanceWasCutOffFromSaysSoAndTheRestIsLate() {
    for (int second = 0; second <= 130; second += 10) {
      scorer.send(ONE.both(second, 10));
      if (second < 20) {
        scorer.send(OTHER.both(second, 10));
      }
      scorer.pass(10);
    }
    for (int second = 20; second <= 130; second += 10) {
      scorer.send(OTHER.both(second, 10));
    }

    ModelScores first = scorer.published().get(0);
    assertThat(first.tokens()).isEqualTo(80);
    assertThat(first.incompleteReason()).contains("not heard to its end: host-2");
    scorer.pass(1);
    // The two windows from 20 to 120.
    assertThat(scorer.ledger("late")).isEqualTo(200);
  }

  @Test
  void anInstanceThatEndsWithAWindowIsNamedInTheNext() {
    for (int second = 0; second <= 130; second += 10) {
      scorer.send(ONE.both(second, 10));
      if (second < 60) {
        scorer.send(OTHER.both(second, 10));
      }
      scorer.pass(10);
    }
    for (int second = 140; second <= 200; second += 10) {
      scorer.send(ONE.both(second, 10));
      scorer.pass(10);
    }

    assertThat(scorer.published())
        .extracting(scores -> scores.sources().silentInstances())
        .containsExactly(List.of(), List.of("host-2"), List.of());
  }

  @Test
  void aWindowThatSilenceClosesSaysThatItIsCutShort() {
    scorer.send(ONE.both(0, 10));
    scorer.send(ONE.both(10, 10));
    scorer.pass(90);

    assertThat(scorer.published())
        .singleElement()
        .extracting(scores -> scores.incompleteReason().orElseThrow())
        .isEqualTo("not heard to its end: host-1");
  }

  @Test
  void aLiveInstanceTooFarBehindIsNamedInEveryWindow() {
    ScorerHarness later = scorer;
    later.send(ONE.both(0, 1));
    for (int second = 7_250; second <= 7_400; second += 10) {
      later.send(OTHER.both(second, 2));
      later.send(ONE.both(second - 7_240, 1));
    }

    assertThat(later.published().stream().skip(1))
        .isNotEmpty()
        .allMatch(scores -> scores.sources().silentInstances().contains("host-1"));
  }

  @Test
  void aDeadInstanceIsNotWaitedForHoweverLongTheIntervals() {
    for (int second = 0; second <= 600; second += 20) {
      scorer.send(ONE.layer(0, second, 20, ONE.statistics(0, second, 5)));
      scorer.send(ONE.layer(1, second, 20, ONE.statistics(1, second, 5)));
      if (second == 0) {
        scorer.send(OTHER.both(0, 5));
      }
      scorer.pass(20);
    }

    assertThat(scorer.published()).hasSize(9);
  }

  @Test
  void anInstanceHoursBehindIsNotWaitedFor() {
    scorer.send(ONE.both(0, 1));
    scorer.send(OTHER.both(7_250, 2));
    scorer.send(OTHER.both(7_350, 2));

    assertThat(scorer.published())
        .extracting(scores -> scores.window().start().getEpochSecond())
        .containsExactly(0L, 7_200L);
  }

  @Test
  void aRestoredScorerStillWaitsForAnInstance() {
    scorer.send(ONE.both(0, 1));
    scorer.send(OTHER.both(0, 2));
    try (ScorerHarness next = new ScorerHarness(Instant.ofEpochSecond(20_000))) {
      next.restoreFrom(scorer);
      next.send(ONE.both(70, 1));
      assertThat(next.published()).isEmpty();
      next.send(OTHER.both(70, 1));
      assertThat(next.published()).extracting(ModelScores::tokens).containsExactly(3L);
    }
  }

  @Test
  void aPauseInABacklogOfLongAgoForgetsNobody() {
    try (ScorerHarness weeksLater = new ScorerHarness()) {
      weeksLater.send(ONE.both(0, 1));
      weeksLater.pass(60);
      weeksLater.send(ONE.both(70, 1));
      weeksLater.pass(60);
      weeksLater.send(ONE.both(140, 1));

      assertThat(weeksLater.published()).allMatch(ModelScores::complete).hasSize(2);
      weeksLater.pass(1);
      assertThat(weeksLater.ledger("missing")).isZero();
    }
  }

  @Test
  void anInstanceADayBehindTheOthersIsForgotten() {
    try (ScorerHarness weeksLater = new ScorerHarness()) {
      weeksLater.send(ONE.both(0, 1));
      weeksLater.send(OTHER.both(86_460, 1));
      for (int second = 0; second < 29; second++) {
        weeksLater.pass(1);
        weeksLater.send(OTHER.both(86_460, 0));
      }
      assertThat(weeksLater.entries(WindowScoring.INSTANCES)).isEqualTo(2);
      weeksLater.pass(1);
      assertThat(weeksLater.entries(WindowScoring.INSTANCES)).isEqualTo(1);
    }
  }

  @Test
  void anInstanceSilentForADayIsForgotten() {
    scorer.send(ONE.both(0, 1));
    assertThat(scorer.entries(WindowScoring.INSTANCES)).isEqualTo(1);
    scorer.pass(90);
    assertThat(scorer.entries(WindowScoring.TRACKS)).isEqualTo(1);
    assertThat(varianceOfLayer(0)).isNotNaN();
    scorer.skip(86_400);

    assertThat(scorer.entries(WindowScoring.INSTANCES)).isZero();
    assertThat(scorer.entries(WindowScoring.TRACKS)).isZero();
    assertThat(scorer.entries(WindowScoring.MODELS)).isEqualTo(1);
    assertThat(scorer.ledger("scored")).isNaN();
    assertThat(varianceOfLayer(0)).isNaN();
  }

  private double varianceOfLayer(int layer) {
    return scorer.metric(
        "layerwatch_layer_variance",
        "model",
        "demo",
        "revision",
        "r1",
        "site",
        "block-output",
        "layer",
        Integer.toString(layer));
  }
}
