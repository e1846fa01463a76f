package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.score.ModelScores;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nothing is lost, doubled or late without being told. */
class LedgerTest {

  private static final Summaries DEMO = Summaries.DEMO;

  private final ScorerHarness scorer = new ScorerHarness();

  @AfterEach
  void close() {
    scorer.close();
  }

  @Test
  void withoutLossEverythingClaimedIsScored() {
    scorer.send(DEMO.both(0, 10));
    scorer.send(DEMO.both(30, 20));
    scorer.send(DEMO.both(70, 5));

    assertThat(scorer.published()).allMatch(ModelScores::complete).hasSize(1);
    assertLedger(60, 60, 0, 0, 0, 10);
  }

  @Test
  void aSummaryLostWithinAWindowMakesItIncomplete() {
    scorer.send(DEMO.both(0, 10));
    scorer.lose(DEMO.both(10, 7));
    scorer.send(DEMO.both(20, 20));
    scorer.send(DEMO.both(70, 5));

    ModelScores scores = scorer.published().get(0);
    assertThat(scores.incompleteReason()).contains("2 summaries missing");
    assertThat(scores.tokens()).isEqualTo(30);
    assertLedger(74, 60, 0, 14, 0, 10);
  }

  @Test
  void aLossBetweenTwoWindowsMakesBothIncomplete() {
    scorer.send(DEMO.both(0, 10));
    scorer.lose(DEMO.both(50, 7));
    scorer.send(DEMO.both(60, 20));
    scorer.send(DEMO.both(130, 5));
    scorer.send(DEMO.both(190, 5));

    assertThat(scorer.published())
        .extracting(scores -> scores.sources().missingSummaries())
        .containsExactly(2L, 2L, 0L);
    assertLedger(2 * (10 + 7 + 20 + 5), 70, 0, 14, 0, 10);
  }

  @Test
  void aWindowThatOneInstanceLostWhollyIsIncomplete() {
    Summaries other = DEMO.from("host-2");
    scorer.send(DEMO.both(0, 10));
    scorer.send(other.both(0, 10));
    scorer.send(DEMO.both(60, 10));
    scorer.lose(other.both(60, 10));
    scorer.send(DEMO.both(130, 10));
    scorer.send(other.both(130, 10));

    List<ModelScores> published = scorer.published();
    // It may have been the first one's, too.
    assertThat(published).extracting(ModelScores::complete).containsExactly(false, false);
    assertThat(published.get(1).instances()).containsExactly("host-1");
  }

  @Test
  void whatWasLostBeforeTheFirstSummaryIsMissing() {
    scorer.lose(DEMO.both(0, 10));
    scorer.send(DEMO.both(10, 20));
    scorer.send(DEMO.both(70, 5));

    assertThat(scorer.published().get(0).sources().missingSummaries()).isEqualTo(2);
    assertLedger(60, 40, 0, 20, 0, 10);
  }

  @Test
  void anotherSitesLossIsNotThisOnes() {
    Summaries other = DEMO.at("relative-contribution");
    scorer.send(DEMO.both(0, 10));
    scorer.send(other.both(0, 10));
    scorer.send(DEMO.both(10, 10));
    scorer.lose(other.both(10, 10));
    scorer.send(DEMO.both(60, 5));
    scorer.send(other.both(60, 5));
    scorer.send(DEMO.both(70, 5));

    assertThat(scorer.published())
        .extracting(scores -> scores.sources().missingSummaries())
        .containsExactly(0L, 2L);
  }

  @Test
  void aRejectedSummaryIsMissing() {
    scorer.send(DEMO.both(0, 10));
    scorer.send(DEMO.layer(0, 55, 33));
    scorer.send(DEMO.layer(0, 70, 5), DEMO.layer(1, 70, 5));
    scorer.send(DEMO.layer(0, 130, 5), DEMO.layer(1, 130, 5));

    assertThat(scorer.reasons()).hasSize(1);
    assertThat(scorer.published())
        .extracting(scores -> scores.sources().missingSummaries())
        .containsExactly(1L, 1L);
    assertLedger(63, 30, 0, 33, 0, 10);
  }

  @Test
  void aDuplicateChangesNothingBeforeAndAfterItsWindowCloses() {
    ActivationSummary again = new Numbering().next(DEMO.layer(0, 0, 10));
    scorer.send(DEMO.both(0, 10));
    scorer.sendAsIs(again);
    scorer.send(DEMO.both(70, 5));
    scorer.sendAsIs(again);

    assertThat(scorer.published()).extracting(ModelScores::tokens).containsExactly(10L);
    assertThat(scorer.metric("layerwatch_scorer_duplicate_summaries_total")).isEqualTo(2);
    assertLedger(20, 20, 0, 0, 20, 10);
  }

  @Test
  void aLateSummaryIsNoLongerMissing() {
    Numbering numbers = new Numbering();
    ActivationSummary first = numbers.next(DEMO.layer(0, 0, 10));
    ActivationSummary second = numbers.next(DEMO.layer(0, 10, 7));
    ActivationSummary third = numbers.next(DEMO.layer(0, 70, 5));
    scorer.sendAsIs(first);
    scorer.sendAsIs(third);
    assertLedger(10, 10, 0, 0, 0, 5);
    scorer.sendAsIs(second);
    scorer.sendAsIs(second);

    assertLedger(17, 10, 7, 0, 7, 5);
    assertThat(scorer.metric("layerwatch_scorer_late_layer_tokens_total")).isEqualTo(7);
  }

  @Test
  void aLossIsNotHiddenByALateSummaryOfAHigherNumber() {
    Numbering numbers = new Numbering();
    ActivationSummary[] sent = new ActivationSummary[6];
    long[] seconds = {0, 60, 70, 10, 120, 190};
    for (int i = 0; i < sent.length; i++) {
      sent[i] = numbers.next(DEMO.layer(0, seconds[i], 10));
    }
    // Number 2 is lost; number 3 is of the first window, which the clock went back to.
    scorer.sendAsIs(sent[0]);
    scorer.sendAsIs(sent[1]);
    scorer.sendAsIs(numbers.next(DEMO.layer(1, 70, 10)));
    assertThat(scorer.published()).hasSize(1);
    scorer.sendAsIs(sent[3]);
    scorer.sendAsIs(sent[4]);
    scorer.sendAsIs(sent[5]);

    assertThat(scorer.published().get(0).sources().missingSummaries()).isEqualTo(1);
    scorer.pass(1);
    assertThat(scorer.ledger("missing")).isEqualTo(10);
  }

  @Test
  void summariesTakenForDuplicatesBecauseOfTooManyGapsAreMissing() {
    for (int even = 0; even < 200; even += 2) {
      scorer.sendAsIs(numbered(even));
    }
    for (int odd = 1; odd < 200; odd += 2) {
      scorer.sendAsIs(numbered(odd));
    }
    scorer.sendAsIs(new Numbering().next(DEMO.layer(1, 70, 1)));
    scorer.skip(90);

    ModelScores scores = scorer.published().get(0);
    assertThat(scores.tokens()).isEqualTo(200 - 36);
    assertThat(scores.sources().missingSummaries()).isEqualTo(36);
  }

  private static ActivationSummary numbered(int number) {
    ActivationSummary first = DEMO.layer(0, 0, 1);
    return new ActivationSummary(
        first.model(),
        first.shape(),
        first.site(),
        first.layer(),
        first.instance(),
        number,
        number,
        first.interval(),
        first.statistics());
  }

  @Test
  void theLedgerGoesOnAfterARestart() {
    scorer.send(DEMO.both(0, 10));
    scorer.send(DEMO.both(70, 20));
    try (ScorerHarness next = new ScorerHarness()) {
      next.restoreFrom(scorer);
      next.lose(DEMO.both(80, 4));
      next.send(DEMO.both(120, 30));
      next.send(DEMO.both(130, 0));
      next.send(DEMO.both(190, 1));

      assertThat(next.published())
          .extracting(scores -> scores.sources().missingSummaries())
          .containsExactly(2L, 2L);
      next.pass(1);
      assertThat(next.ledger("scored")).isEqualTo(120);
      assertThat(next.ledger("missing")).isEqualTo(8);
    }
  }

  private void assertLedger(
      long claimed, long scored, long late, long missing, long duplicate, long waiting) {
    scorer.pass(1);
    assertThat(
            List.of(
                scorer.ledger("claimed"),
                scorer.ledger("scored"),
                scorer.ledger("late"),
                scorer.ledger("missing"),
                scorer.ledger("duplicate"),
                scorer.ledger("waiting")))
        .as("claimed, scored, late, missing, duplicate, waiting")
        .containsExactly(
            (double) claimed,
            (double) scored,
            (double) late,
            (double) missing,
            (double) duplicate,
            (double) waiting);
  }
}
