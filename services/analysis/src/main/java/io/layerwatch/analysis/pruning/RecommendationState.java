package io.layerwatch.analysis.pruning;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where pruning advice stands. */
public sealed interface RecommendationState {

  /** The same in words, for people. */
  String describe();

  /** What is, or was, proposed; empty while collecting. */
  Optional<PruningProposal> proposed();

  /** The layers that the advice names, 0-based, ascending; empty while collecting. */
  default List<Integer> layers() {
    return proposed().map(PruningProposal::layers).orElseGet(List::of);
  }

  /**
   * Not enough stable windows yet.
   *
   * @param windowsStable consecutive stable windows so far
   * @param windowsRequired stable windows that a candidate needs
   * @param reason why the last window did not add to them; empty when it did
   */
  record Collecting(int windowsStable, int windowsRequired, String reason)
      implements RecommendationState {

    @Override
    public Optional<PruningProposal> proposed() {
      return Optional.empty();
    }

    @Override
    public String describe() {
      return "collecting: "
          + windowsStable
          + " of "
          + windowsRequired
          + " windows"
          + (reason.isEmpty() ? "" : " (" + reason + ")");
    }
  }

  /** The same layers scored lowest over enough windows. Unmeasured: never call it safe. */
  record Candidate(PruningProposal proposal) implements RecommendationState {

    @Override
    public Optional<PruningProposal> proposed() {
      return Optional.of(proposal);
    }

    @Override
    public String describe() {
      return "candidate: layers "
          + proposal.layers()
          + " score lowest in "
          + proposal.windows()
          + " windows; not measured";
    }
  }

  /**
   * Measured, and enough of what the model can do was retained on every text.
   *
   * @param proposal what was proposed
   * @param evaluation what was measured, of the proposal or of its first layers
   * @param approval by a person, where there is one
   */
  record Verified(
      PruningProposal proposal, PruningEvaluation evaluation, Optional<PruningReview> approval)
      implements RecommendationState {

    @Override
    public Optional<PruningProposal> proposed() {
      return Optional.of(proposal);
    }

    /** Those that were measured together, which may be fewer than were proposed. */
    @Override
    public List<Integer> layers() {
      return evaluation.effect().layers();
    }

    @Override
    public String describe() {
      return "verified: without layers "
          + layers()
          + " "
          + retained(evaluation)
          + (evaluation.inFull() ? "" : "; all of " + proposal.layers() + " did not pass")
          + approval.map(review -> "; " + review.describe()).orElse("");
    }
  }

  /**
   * Measured, and neither all of the layers nor the first of their ranking may go.
   *
   * @param proposal what was proposed
   * @param evaluation what was measured
   */
  record Rejected(PruningProposal proposal, PruningEvaluation evaluation)
      implements RecommendationState {

    @Override
    public Optional<PruningProposal> proposed() {
      return Optional.of(proposal);
    }

    @Override
    public String describe() {
      return "rejected: without layers "
          + proposal.layers()
          + " "
          + retained(evaluation)
          + ", and no beginning of their ranking surely keeps "
          + String.format(Locale.ROOT, "%.1f %%", 100 * evaluation.gate())
          + " on every text; other sets were not measured";
    }
  }

  /**
   * Turned down by a person; holds while the same layers score lowest.
   *
   * @param proposal what was proposed
   * @param evaluation what was measured before, where something was
   * @param review says no
   */
  record Discarded(
      PruningProposal proposal, Optional<PruningEvaluation> evaluation, PruningReview review)
      implements RecommendationState {

    @Override
    public Optional<PruningProposal> proposed() {
      return Optional.of(proposal);
    }

    /** Those that were turned down, which may be fewer than were proposed. */
    @Override
    public List<Integer> layers() {
      return review.layers();
    }

    @Override
    public String describe() {
      return "discarded: layers " + layers() + " " + review.by();
    }
  }

  /**
   * Advice that no longer holds.
   *
   * @param proposal what was proposed
   * @param layers that the advice named, 0-based, ascending
   * @param reason why it fell
   */
  record Withdrawn(PruningProposal proposal, List<Integer> layers, String reason)
      implements RecommendationState {

    public Withdrawn {
      layers = List.copyOf(layers);
    }

    @Override
    public Optional<PruningProposal> proposed() {
      return Optional.of(proposal);
    }

    @Override
    public String describe() {
      return "withdrawn: layers " + layers + " (" + reason + ")";
    }
  }

  private static String retained(PruningEvaluation evaluation) {
    return evaluation.effect().retained().describe()
        + " of next-token accuracy is retained, perplexity × "
        + String.format(Locale.ROOT, "%.2f", evaluation.effect().perplexityRatio());
  }
}
