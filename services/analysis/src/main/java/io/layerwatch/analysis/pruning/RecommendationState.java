package io.layerwatch.analysis.pruning;

/** Where pruning advice stands. */
public sealed interface RecommendationState {

  /** The same in words, for people. */
  String describe();

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
    public String describe() {
      return "candidate: layers "
          + proposal.layers()
          + " score lowest in "
          + proposal.windows()
          + " windows; not measured yet";
    }
  }

  /**
   * A candidate that no longer holds.
   *
   * @param proposal what was proposed
   * @param reason why it fell
   */
  record Withdrawn(PruningProposal proposal, String reason) implements RecommendationState {

    @Override
    public String describe() {
      return "withdrawn: layers " + proposal.layers() + " (" + reason + ")";
    }
  }
}
