package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.score.ModelScores;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Closing by the wall clock, which starts at 30 s, in the middle of the first window, after a
 * silence of 90 s.
 */
class SilentModelTest {

  private static final Summaries DEMO = Summaries.DEMO;

  private final ScorerHarness scorer = new ScorerHarness(Instant.ofEpochSecond(30));

  @AfterEach
  void close() {
    scorer.close();
  }

  @Test
  void aSilentModelsWindowClosesOnceItsEndAndTheGraceHavePassed() {
    scorer.send(DEMO.both(0, 10));

    scorer.pass(89);
    assertThat(scorer.published()).as("at 119 s").isEmpty();
    scorer.pass(1);
    assertThat(scorer.published()).as("at 120 s").hasSize(1);
    scorer.pass(600);
    assertThat(scorer.published()).as("a window closes once").isEmpty();
  }

  @Test
  void aModelThatIsStillHeardKeepsItsWindowsOpen() {
    scorer.pass(970);
    for (int record = 0; record < 20; record++) {
      scorer.send(DEMO.both(0, 10));
      scorer.pass(89);
    }
    assertThat(scorer.published()).isEmpty();

    scorer.pass(1);
    assertThat(scorer.published()).extracting(ModelScores::tokens).containsExactly(200L);
  }

  @Test
  void silenceCountsFromTheRestart() {
    scorer.send(DEMO.both(0, 10));
    try (ScorerHarness next = new ScorerHarness(Instant.ofEpochSecond(1_000))) {
      next.restoreFrom(scorer);

      next.pass(89);
      assertThat(next.published()).isEmpty();
      next.pass(1);
      assertThat(next.published()).hasSize(1);
    }
  }

  @Test
  void whatInstancesHeldBackIsStillWelcomeInWindowsThatHeldNothing() {
    scorer.send(DEMO.both(0, 10));
    scorer.pass(600);
    assertThat(scorer.published()).hasSize(1);

    // Held back while Kafka was away.
    scorer.send(DEMO.both(60, 20));
    scorer.send(DEMO.both(120, 30));
    scorer.send(DEMO.both(200, 1));

    assertThat(scorer.published()).extracting(ModelScores::tokens).containsExactly(20L, 30L);
    assertThat(scorer.metric("layerwatch_scorer_late_summaries_total")).isZero();
  }

  @Test
  void aSummaryForAWindowThatSilenceClosedIsLate() {
    scorer.send(DEMO.both(0, 10));
    scorer.pass(90);
    assertThat(scorer.published()).hasSize(1);

    scorer.send(DEMO.both(50, 10));

    assertThat(scorer.metric("layerwatch_scorer_late_summaries_total")).isEqualTo(2);
  }

  @Test
  void oneModelsTalkDoesNotKeepAnothersWindowsOpen() {
    scorer.send(DEMO.both(0, 10));
    for (int second = 0; second < 90; second += 10) {
      scorer.send(DEMO.ofModel("talker").both(0, 1));
      scorer.pass(10);
    }

    assertThat(scorer.published())
        .extracting(scores -> scores.model().name())
        .containsExactly("demo");
  }
}
