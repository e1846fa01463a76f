package io.layerwatch.analysis.pruning;

import static io.layerwatch.analysis.Examples.window;
import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.Examples;
import io.layerwatch.analysis.evaluation.LanguageModeling;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.analysis.evaluation.Retained;
import io.layerwatch.analysis.pruning.PruningEvaluation.Attempt;
import io.layerwatch.analysis.pruning.PruningReview.Decision;
import io.layerwatch.analysis.pruning.PruningVerdict.Changed;
import io.layerwatch.analysis.pruning.PruningVerdict.Reason;
import io.layerwatch.analysis.pruning.PruningVerdict.Unchanged;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.pruning.RecommendationState.Discarded;
import io.layerwatch.analysis.pruning.RecommendationState.Rejected;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import io.layerwatch.analysis.pruning.RecommendationState.Withdrawn;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every state and all that may happen in it. Four layers, two proposed; two windows make a
 * candidate, two others topple it.
 */
class PruningLifecycleTest {

  /** Proposes 2 and 3, of which 2 is the least important. */
  private static final double[] THESE = {5, 4, 1, 2};

  private static final double[] OTHERS = {1, 2, 5, 4};

  private static final double ERROR = 0.01;

  private final PruningPolicy policy =
      new PruningPolicy(
          new PruningCriteria(
              2, 0.5, Ranking.AVSS, Examples.SITE, 0.9, 0.25, 100, new TreeSet<>(), 2));
  private final List<ModelScores> history = new ArrayList<>();
  private RecommendationState state = policy.initial();

  @Test
  void whileCollectingNothingCanBeMeasuredOrReviewed() {
    windows(THESE);
    assertThat(state).isInstanceOf(Collecting.class);
    assertUnchanged(Reason.NOTHING_PROPOSED, evaluation(1, 0.95, 2, 3));
    assertUnchanged(Reason.NOTHING_PROPOSED, approval(2, 3));
    assertUnchanged(Reason.NOTHING_PROPOSED, discard(2, 3));
  }

  @Test
  void aCandidateThatPassesIsVerified() {
    candidate();
    PruningEvaluation evaluation = evaluation(1, 0.92, 2, 3);
    measured(evaluation);
    assertThat(state).isInstanceOf(Verified.class);
    assertThat(((Verified) state).evaluation()).isEqualTo(evaluation);
    assertThat(state.layers()).containsExactly(2, 3);
    assertThat(state.describe())
        .isEqualTo(
            "verified: without layers [2, 3] 92.0 ± 2.0 % of next-token accuracy is retained,"
                + " perplexity × 1.22");
  }

  @Test
  void aCandidateOfWhichAPartPassesIsVerifiedAsThatPart() {
    candidate();
    measured(reduced(1));
    assertThat(state).isInstanceOf(Verified.class);
    assertThat(state.layers()).containsExactly(2);
    assertThat(state.proposed().orElseThrow().layers()).containsExactly(2, 3);
    assertThat(state.describe())
        .isEqualTo(
            "verified: without layers [2] 96.0 ± 2.0 % of next-token accuracy is retained,"
                + " perplexity × 1.22; all of [2, 3] did not pass");
  }

  @Test
  void aCandidateThatFailsIsRejected() {
    candidate();
    // Two errors below it is not surely retained.
    measured(evaluation(1, 0.919999, 2, 3));
    assertThat(state).isInstanceOf(Rejected.class);
    assertThat(state.describe())
        .startsWith("rejected: without layers [2, 3] 92.0 ± 2.0 %")
        .endsWith(
            "and no beginning of their ranking surely keeps 90.0 % on every text; other sets were not measured");
  }

  /** What is shown is one text's; another one may be where it fails. */
  @Test
  void aCandidateThatFailsOnAnotherTextIsRejected() {
    candidate();
    PruningEvaluation passed = evaluation(1, 0.93, 2, 3);
    Attempt unsure = new Attempt(List.of(2, 3), "other", new Retained(0.94, 0.03), 1);
    measured(
        new PruningEvaluation(
            passed.model(),
            passed.candidate(),
            passed.effect(),
            List.of(passed.attempts().get(0), unsure),
            passed.gate(),
            passed.dataset(),
            passed.instance(),
            passed.evaluatedAt()));
    assertThat(state).isInstanceOf(Rejected.class);
  }

  @Test
  void anEvaluationOfOtherLayersIsOfAnotherCandidate() {
    candidate();
    assertUnchanged(Reason.OTHER_LAYERS, evaluation(1, 0.95, 1, 2));
    measured(evaluation(1, 0.95, 2, 3));
    assertUnchanged(Reason.OTHER_LAYERS, evaluation(2, 0.95, 1, 2));
  }

  @Test
  void anEvaluationThatComesTwiceOrLateChangesNothing() {
    candidate();
    measured(evaluation(5, 0.95, 2, 3));
    assertUnchanged(Reason.KNOWN, evaluation(5, 0.95, 2, 3));
    assertUnchanged(Reason.KNOWN, evaluation(4, 0.1, 2, 3));
  }

  @Test
  void aLaterEvaluationCounts() {
    candidate();
    measured(evaluation(1, 0.95, 2, 3));
    measured(evaluation(2, 0.5, 2, 3));
    assertThat(state).isInstanceOf(Rejected.class);
    measured(evaluation(3, 0.93, 2, 3));
    assertThat(state).isInstanceOf(Verified.class);
  }

  @Test
  void whatWasVerifiedStandsOnNewerEvidenceAndASingleDissentDoesNotToppleIt() {
    candidate();
    measured(evaluation(1, 0.95, 2, 3));
    PruningProposal before = state.proposed().orElseThrow();
    windows(OTHERS, THESE, THESE);
    assertThat(state).isInstanceOf(Verified.class);
    PruningProposal refreshed = state.proposed().orElseThrow();
    assertThat(refreshed.layers()).isEqualTo(before.layers());
    assertThat(refreshed.span().end()).isEqualTo(before.span().end().plusSeconds(180));
  }

  @Test
  void whatWasVerifiedIsWithdrawnWhenOtherLayersScoreLowest() {
    candidate();
    measured(reduced(1));
    windows(OTHERS, OTHERS);
    assertThat(state).isInstanceOf(Withdrawn.class);
    assertThat(state.layers()).as("those that had been advised").containsExactly(2);
    assertThat(state.describe())
        .isEqualTo(
            "withdrawn: layers [2] (other layers scored lowest in 2 windows in a row, last [0, 1])");
    assertUnchanged(Reason.NOTHING_PROPOSED, evaluation(9, 0.95, 2, 3));
    assertUnchanged(Reason.NOTHING_PROPOSED, approval(2));
    windows(OTHERS);
    assertThat(state).isInstanceOf(Candidate.class);
    assertThat(state.layers()).containsExactly(0, 1);
  }

  @Test
  void aCandidateThatComesBackIsMeasuredAnew() {
    candidate();
    measured(evaluation(1, 0.95, 2, 3));
    windows(OTHERS, OTHERS);
    assertThat(state).isInstanceOf(Withdrawn.class);
    windows(THESE);
    assertThat(state).isInstanceOf(Collecting.class);
    windows(THESE);
    assertThat(state).isInstanceOf(Candidate.class);
    assertThat(state.layers()).containsExactly(2, 3);
  }

  @Test
  void whatWasRejectedStaysSoAndIsForgottenWhenOtherLayersScoreLowest() {
    candidate();
    measured(evaluation(1, 0.5, 2, 3));
    PruningProposal before = state.proposed().orElseThrow();
    windows(OTHERS, THESE, THESE);
    assertThat(state).isInstanceOf(Rejected.class);
    assertThat(state.proposed().orElseThrow().span().end())
        .as("the evidence is brought up to date")
        .isEqualTo(before.span().end().plusSeconds(180));
    assertUnchanged(Reason.NOTHING_PROPOSED, approval(2, 3));
    assertUnchanged(Reason.NOTHING_PROPOSED, discard(2, 3));
    windows(OTHERS, OTHERS);
    assertThat(state).isInstanceOf(Candidate.class);
    assertThat(state.layers()).containsExactly(0, 1);
  }

  @Test
  void onlyWhatWasVerifiedCanBeApproved() {
    candidate();
    assertUnchanged(Reason.NOT_VERIFIED, approval(2, 3));
    measured(reduced(1));
    assertUnchanged(Reason.OTHER_LAYERS, approval(2, 3));
    PruningReview approval = approval(2);
    reviewed(approval);
    assertThat(((Verified) state).approval()).contains(approval);
    assertThat(state.describe()).endsWith("; approved by ann (looks fine)");
    assertUnchanged(Reason.KNOWN, approval);
    windows(THESE);
    assertThat(((Verified) state).approval()).contains(approval);
  }

  @Test
  void anApprovalIsOfTheLayersThatItNames() {
    candidate();
    measured(reduced(1));
    reviewed(approval(2));
    measured(evaluation(2, 0.95, 2, 3));
    assertThat(((Verified) state).approval()).isEmpty();
    reviewed(approval(2, 3));
    measured(evaluation(3, 0.94, 2, 3));
    assertThat(((Verified) state).approval()).contains(approval(2, 3));
  }

  @Test
  void whatWasDiscardedIsNotProposedAgainWhileTheSameLayersScoreLowest() {
    candidate();
    reviewed(discard(2, 3));
    assertThat(state).isInstanceOf(Discarded.class);
    assertThat(state.describe()).isEqualTo("discarded: layers [2, 3] by ann (looks bad)");
    windows(THESE, OTHERS, THESE, THESE);
    assertThat(state).isInstanceOf(Discarded.class);
    assertUnchanged(Reason.NOTHING_PROPOSED, evaluation(1, 0.95, 2, 3));
    assertUnchanged(Reason.KNOWN, discard(2, 3));
    windows(OTHERS, OTHERS);
    assertThat(state).isInstanceOf(Candidate.class);
    assertThat(state.layers()).containsExactly(0, 1);
  }

  @Test
  void whatWasVerifiedCanBeDiscardedWhateverWasApproved() {
    candidate();
    measured(reduced(1));
    reviewed(approval(2));
    assertUnchanged(Reason.OTHER_LAYERS, discard(2, 3));
    reviewed(discard(2));
    assertThat(state).isInstanceOf(Discarded.class);
    assertThat(state.layers()).containsExactly(2);
    assertThat(state.proposed().orElseThrow().layers()).containsExactly(2, 3);
    assertThat(((Discarded) state).evaluation()).contains(reduced(1));
  }

  private void candidate() {
    windows(THESE, THESE);
    assertThat(state).isInstanceOf(Candidate.class);
  }

  private void windows(double[]... scores) {
    for (double[] avss : scores) {
      history.add(window(history.size(), avss));
      state = policy.decide(state, history);
    }
  }

  private void measured(PruningEvaluation evaluation) {
    PruningVerdict verdict = PruningVerdict.of(state, evaluation);
    assertThat(verdict).isInstanceOf(Changed.class);
    state = ((Changed) verdict).state();
  }

  private void reviewed(PruningReview review) {
    PruningVerdict verdict = PruningVerdict.of(state, review);
    assertThat(verdict).isInstanceOf(Changed.class);
    state = ((Changed) verdict).state();
  }

  private void assertUnchanged(Reason reason, PruningEvaluation evaluation) {
    assertThat(PruningVerdict.of(state, evaluation)).isEqualTo(new Unchanged(reason));
  }

  private void assertUnchanged(Reason reason, PruningReview review) {
    assertThat(PruningVerdict.of(state, review)).isEqualTo(new Unchanged(reason));
  }

  /** All of it retains that share of an accuracy of one half, and loses 0.2 nats. */
  private static PruningEvaluation evaluation(int second, double retained, Integer... layers) {
    PruningEffect effect = effect(retained, List.of(layers));
    return new PruningEvaluation(
        history0().model(),
        List.of(layers),
        effect,
        List.of(Attempt.of(effect, "text")),
        0.9,
        "text",
        "host",
        Instant.ofEpochSecond(second));
  }

  /** All of 2 and 3 does not pass, 2 does. */
  private static PruningEvaluation reduced(int second) {
    PruningEffect all = effect(0.5, List.of(2, 3));
    PruningEffect part = effect(0.96, List.of(2));
    return new PruningEvaluation(
        history0().model(),
        List.of(2, 3),
        part,
        List.of(Attempt.of(all, "text"), Attempt.of(part, "text")),
        0.9,
        "text",
        "host",
        Instant.ofEpochSecond(second));
  }

  private static PruningEffect effect(double retained, List<Integer> layers) {
    return new PruningEffect(
        layers,
        new LanguageModeling(3, 100, 1.5, 0.5),
        new LanguageModeling(3, 100, 1.7, retained * 0.5),
        0.8,
        0.1,
        ERROR);
  }

  private static PruningReview approval(Integer... layers) {
    return review(Decision.APPROVED, "looks fine", layers);
  }

  private static PruningReview discard(Integer... layers) {
    return review(Decision.DISCARDED, "looks bad", layers);
  }

  private static PruningReview review(Decision decision, String comment, Integer... layers) {
    return new PruningReview(
        history0().model(), List.of(layers), decision, "ann", comment, Instant.ofEpochSecond(7));
  }

  private static ModelScores history0() {
    return window(0, THESE);
  }
}
