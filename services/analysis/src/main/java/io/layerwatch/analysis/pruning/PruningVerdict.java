package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.pruning.PruningReview.Decision;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Discarded;
import io.layerwatch.analysis.pruning.RecommendationState.Rejected;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import java.util.Optional;

/**
 * What becomes of advice once it was measured, or somebody has looked at it. Either may come late,
 * twice, or for advice that is no more: then it changes nothing, and says why.
 */
public sealed interface PruningVerdict {

  /** The advice is this from now on. */
  record Changed(RecommendationState state) implements PruningVerdict {}

  /** The advice stays as it is. */
  record Unchanged(Reason reason) implements PruningVerdict {}

  /** Why nothing changes. */
  enum Reason {
    /** Nothing stands that it could be about. */
    NOTHING_PROPOSED,
    /** Other layers are proposed now. */
    OTHER_LAYERS,
    /** It, or a later one, is known already. */
    KNOWN,
    /** Only what was verified can be approved. */
    NOT_VERIFIED
  }

  /** After a measurement of the same model. */
  static PruningVerdict of(RecommendationState state, PruningEvaluation evaluation) {
    Optional<PruningEvaluation> known = evaluation(state);
    if (!(state instanceof Candidate) && known.isEmpty()) {
      return new Unchanged(Reason.NOTHING_PROPOSED);
    }
    PruningProposal proposal = state.proposed().orElseThrow();
    if (!proposal.layers().equals(evaluation.candidate())) {
      return new Unchanged(Reason.OTHER_LAYERS);
    }
    if (known.isPresent() && !evaluation.evaluatedAt().isAfter(known.get().evaluatedAt())) {
      return new Unchanged(Reason.KNOWN);
    }
    return new Changed(
        evaluation.passed()
            ? new Verified(proposal, evaluation, approval(state, evaluation))
            : new Rejected(proposal, evaluation));
  }

  private static Optional<PruningEvaluation> evaluation(RecommendationState state) {
    if (state instanceof Verified verified) {
      return Optional.of(verified.evaluation());
    }
    return state instanceof Rejected rejected
        ? Optional.of(rejected.evaluation())
        : Optional.empty();
  }

  /** An approval is of certain layers. */
  private static Optional<PruningReview> approval(
      RecommendationState state, PruningEvaluation evaluation) {
    return state instanceof Verified verified
        ? verified.approval().filter(review -> review.layers().equals(evaluation.effect().layers()))
        : Optional.empty();
  }

  /** After a review of the same model's advice. */
  static PruningVerdict of(RecommendationState state, PruningReview review) {
    if (!(state instanceof Candidate) && !(state instanceof Verified)) {
      return new Unchanged(
          state instanceof Discarded discarded && discarded.review().equals(review)
              ? Reason.KNOWN
              : Reason.NOTHING_PROPOSED);
    }
    if (!state.layers().equals(review.layers())) {
      return new Unchanged(Reason.OTHER_LAYERS);
    }
    if (review.decision() == Decision.DISCARDED) {
      return new Changed(new Discarded(state.proposed().orElseThrow(), evaluation(state), review));
    }
    if (!(state instanceof Verified verified)) {
      return new Unchanged(Reason.NOT_VERIFIED);
    }
    return verified.approval().equals(Optional.of(review))
        ? new Unchanged(Reason.KNOWN)
        : new Changed(
            new Verified(verified.proposal(), verified.evaluation(), Optional.of(review)));
  }
}
