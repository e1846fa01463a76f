package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.score.ModelScores;
import java.time.Instant;
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
    assertThat(published.get(0).sources().silentInstances()).isEmpty();
    assertThat(published.get(1).sources().silentInstances()).containsExactly("host-2");
    assertThat(published.get(1).complete()).isTrue();
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
    assertThat(scorer.entries(WindowScoring.TRACKS)).isEqualTo(2);
    scorer.skip(86_400);

    assertThat(scorer.entries(WindowScoring.INSTANCES)).isZero();
    assertThat(scorer.entries(WindowScoring.TRACKS)).isZero();
    assertThat(scorer.entries(WindowScoring.MODELS)).isEqualTo(1);
  }
}
