package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.pruning.PruningProposal.LayerEvidence;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.pruning.RecommendationState.Rejected;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import io.layerwatch.analysis.pruning.RecommendationState.Withdrawn;
import io.layerwatch.analysis.score.ModelScores;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Decides what advice a model's scores support: the same windows always give the same advice.
 *
 * <p>A window is evidence when it is complete, has enough tokens, and every unprotected layer's
 * score is defined and firm. Any other window says nothing: it neither adds to a run of stable
 * windows nor breaks it. A window of evidence whose lowest layers differ starts the run anew, with
 * itself as the first.
 *
 * <p>What was proposed stands, measured or not, and its layers stay the same, until the lowest
 * layers have been others in {@code withdrawAfter} windows of evidence in a row: single windows do
 * not topple it. Then advice is withdrawn, and what was rejected or discarded is forgotten. {@link
 * PruningVerdict} says what becomes of a candidate that was measured or reviewed.
 */
public final class PruningPolicy {

  private final PruningCriteria criteria;

  public PruningPolicy(PruningCriteria criteria) {
    this.criteria = criteria;
  }

  public PruningCriteria criteria() {
    return criteria;
  }

  /** How many of the latest windows of evidence a decision looks at; older ones may be dropped. */
  public int windowsNeeded() {
    return criteria.windows();
  }

  /** Whether a window counts; one that does not may be dropped once it has been decided on. */
  public boolean isEvidence(ModelScores scores) {
    return EvidenceWindow.withheld(scores, criteria).isEmpty();
  }

  /** Where every model begins. */
  public RecommendationState initial() {
    return new Collecting(0, criteria.windows(), "no window has closed yet");
  }

  /**
   * What to advise after the newest window.
   *
   * @param previous the advice before it
   * @param history windows of one model at the criteria's site, oldest first
   */
  public RecommendationState decide(RecommendationState previous, List<ModelScores> history) {
    return decide(previous, history, List.of());
  }

  /**
   * The same, with what other rankings say of the same time.
   *
   * @param otherSites windows of the model at other sites: a proposal names what they would propose
   */
  public RecommendationState decide(
      RecommendationState previous, List<ModelScores> history, List<ModelScores> otherSites) {
    requireOneSeries(history);
    if (history.isEmpty()) {
      return previous;
    }
    ModelScores newest = history.get(history.size() - 1);
    if (criteria.count(newest.shape().layerCount()) == 0) {
      return nothingToPropose(previous, newest.shape().layerCount());
    }
    List<EvidenceWindow> evidence =
        history.stream()
            .filter(this::isEvidence)
            .map(scores -> EvidenceWindow.of(scores, criteria))
            .toList();
    RecommendationState fresh =
        assess(evidence, otherSites, EvidenceWindow.withheld(newest, criteria));
    Optional<PruningProposal> standing = standing(previous);
    if (standing.isEmpty()) {
      return fresh;
    }
    return reasonToFall(standing.get(), evidence)
        .map(reason -> fallen(previous, reason).orElse(fresh))
        .orElseGet(() -> refreshed(previous, fresh));
  }

  /** What was proposed and has not fallen yet. */
  private static Optional<PruningProposal> standing(RecommendationState state) {
    return state instanceof Withdrawn ? Optional.empty() : state.proposed();
  }

  /** What becomes of advice that falls; empty for what was none. */
  private static Optional<RecommendationState> fallen(RecommendationState state, String reason) {
    boolean advice = state instanceof Candidate || state instanceof Verified;
    return advice
        ? Optional.of(new Withdrawn(state.proposed().orElseThrow(), state.layers(), reason))
        : Optional.empty();
  }

  /** The same advice with the newest evidence, where that is for the same layers. */
  private static RecommendationState refreshed(
      RecommendationState state, RecommendationState fresh) {
    if (!(fresh instanceof Candidate candidate)
        || !candidate.proposal().layers().equals(state.proposed().orElseThrow().layers())) {
      return state;
    }
    if (state instanceof Verified verified) {
      return new Verified(candidate.proposal(), verified.evaluation(), verified.approval());
    }
    if (state instanceof Rejected rejected) {
      return new Rejected(candidate.proposal(), rejected.evaluation());
    }
    return state instanceof Candidate ? candidate : state;
  }

  private RecommendationState nothingToPropose(RecommendationState previous, int layerCount) {
    String reason =
        criteria.protectedLayers().headSet(layerCount).size() == layerCount
            ? "every layer is protected"
            : "share " + criteria.share() + " of " + layerCount + " layers is less than one layer";
    return fallen(previous, reason).orElse(new Collecting(0, criteria.windows(), reason));
  }

  private Optional<String> reasonToFall(PruningProposal proposal, List<EvidenceWindow> evidence) {
    int last = criteria.withdrawAfter();
    if (evidence.size() < last) {
      return Optional.empty();
    }
    List<EvidenceWindow> latest = evidence.subList(evidence.size() - last, evidence.size());
    if (latest.stream().anyMatch(window -> supports(window, proposal))) {
      return Optional.empty();
    }
    return Optional.of(
        "other layers scored lowest in "
            + last
            + (last == 1 ? " window" : " windows in a row")
            + ", last "
            + latest.get(last - 1).lowest());
  }

  private boolean supports(EvidenceWindow window, PruningProposal proposal) {
    return Jaccard.similarity(window.lowest(), proposal.layers()) >= criteria.minimumJaccard();
  }

  private RecommendationState assess(
      List<EvidenceWindow> evidence, List<ModelScores> otherSites, Optional<String> withheld) {
    int run = run(evidence);
    if (run < criteria.windows()) {
      return collecting(run, withheld.or(() -> reasonToRestart(evidence)).orElse(""));
    }
    List<EvidenceWindow> latest =
        evidence.subList(evidence.size() - criteria.windows(), evidence.size());
    PruningProposal proposal =
        Proposals.of(latest.stream().map(EvidenceWindow::scores).toList(), otherSites, criteria);
    if (!latest.stream().allMatch(window -> supports(window, proposal))) {
      return collecting(run, "the lowest layers on average are not the lowest window by window");
    }
    return reasonOfSpread(proposal)
        .<RecommendationState>map(reason -> collecting(run, reason))
        .orElseGet(() -> new Candidate(proposal));
  }

  private Collecting collecting(int run, String reason) {
    return new Collecting(Math.min(run, criteria.windows()), criteria.windows(), reason);
  }

  /** Windows up to the newest that were scored alike and agree on the lowest layers. */
  private int run(List<EvidenceWindow> evidence) {
    List<List<Integer>> sets = new ArrayList<>();
    for (int i = evidence.size() - 1; i >= 0; i--) {
      if (!evidence.get(i).comparesWith(evidence.get(evidence.size() - 1))) {
        break;
      }
      sets.add(0, evidence.get(i).lowest());
    }
    return Stability.run(sets, criteria.minimumJaccard());
  }

  /** Why the newest window of evidence did not make the run longer. */
  private Optional<String> reasonToRestart(List<EvidenceWindow> evidence) {
    if (evidence.size() < 2) {
      return Optional.empty();
    }
    EvidenceWindow newest = evidence.get(evidence.size() - 1);
    EvidenceWindow before = evidence.get(evidence.size() - 2);
    if (run(evidence) > run(evidence.subList(0, evidence.size() - 1))) {
      return Optional.empty();
    }
    return Optional.of(
        newest.comparesWith(before)
            ? "the lowest layers changed from " + before.lowest() + " to " + newest.lowest()
            : "the sparsity threshold or the number of layers changed");
  }

  private Optional<String> reasonOfSpread(PruningProposal proposal) {
    return proposal.evidence().stream()
        .filter(LayerEvidence::proposed)
        .filter(layer -> layer.spread() > criteria.maximumSpread())
        .findFirst()
        .map(
            layer ->
                String.format(
                    Locale.ROOT,
                    "%s of layer %d varies by %.2f of its mean, more than %s",
                    criteria.ranking().label(),
                    layer.layer(),
                    layer.spread(),
                    criteria.maximumSpread()));
  }

  private void requireOneSeries(List<ModelScores> history) {
    Instant end = Instant.MIN;
    for (ModelScores scores : history) {
      if (!scores.site().equals(criteria.site())
          || !scores.model().equals(history.get(0).model())
          || !scores.window().end().isAfter(end)) {
        throw new IllegalArgumentException(
            "history: expected windows of one model at "
                + criteria.site()
                + ", oldest first, got "
                + scores.model()
                + " at "
                + scores.site()
                + ", "
                + scores.window());
      }
      end = scores.window().end();
    }
  }
}
