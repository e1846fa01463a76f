package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.pruning.RecommendationState.Withdrawn;
import io.layerwatch.analysis.pruning.WindowEvidence.Lowest;
import io.layerwatch.analysis.pruning.WindowEvidence.None;
import io.layerwatch.analysis.score.ModelScores;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides what the last windows of a model mean for its pruning advice.
 *
 * <p>A candidate needs {@code windows} consecutive windows of evidence whose lowest sets are the
 * same, and whose members' scores vary little. A window that is no evidence (incomplete, too few
 * tokens, a score undefined or weak) neither adds to such a run nor breaks it: silence is not
 * change. A candidate stays until {@code withdrawAfter} windows of evidence in a row speak against
 * it, so that one odd window does not make it flap.
 *
 * <p>Immutable; every decision follows from its arguments.
 */
public final class PruningPolicy {

  private final PruningSettings settings;

  public PruningPolicy(PruningSettings settings) {
    this.settings = settings;
  }

  public PruningSettings settings() {
    return settings;
  }

  /** Whether that window is of any use to {@link #decide}. */
  public boolean concerns(ModelScores window) {
    return window.site().equals(settings.site());
  }

  /** Whether the window is evidence, and so belongs in the history. */
  public boolean isEvidence(ModelScores window) {
    return WindowEvidence.of(window, settings) instanceof Lowest;
  }

  /** How many windows of evidence, the last ones, a decision looks at. */
  public int historyNeeded() {
    return Math.max(settings.windows(), settings.withdrawAfter());
  }

  /** Where a model stands before its first window. */
  public RecommendationState initial() {
    return new Collecting(0, settings.windows(), "");
  }

  /**
   * The state after the latest window.
   *
   * @param before the state before it
   * @param history earlier windows of evidence, oldest first
   * @param latest the window that just closed, of this policy's site
   */
  public RecommendationState decide(
      RecommendationState before, List<ModelScores> history, ModelScores latest) {
    WindowEvidence evidence = WindowEvidence.of(latest, settings);
    if (evidence instanceof None none) {
      return withoutEvidence(before, none.reason());
    }
    List<Lowest> windows = new ArrayList<>();
    history.forEach(
        window -> {
          if (WindowEvidence.of(window, settings) instanceof Lowest lowest) {
            windows.add(lowest);
          }
        });
    windows.add((Lowest) evidence);
    return before instanceof Candidate candidate ? hold(candidate, windows) : collect(windows);
  }

  private RecommendationState withoutEvidence(RecommendationState before, String reason) {
    return before instanceof Collecting collecting
        ? new Collecting(collecting.windowsStable(), settings.windows(), reason)
        : before;
  }

  private RecommendationState collect(List<Lowest> windows) {
    List<Lowest> run = stableRun(windows);
    Lowest latest = run.get(run.size() - 1);
    if (latest.lowest().isEmpty()) {
      return new Collecting(
          0,
          settings.windows(),
          "no layer can be proposed: "
              + settings.share()
              + " of "
              + latest.scores().size()
              + " layers, less the protected, is none");
    }
    if (run.size() < settings.windows()) {
      boolean broken = run.size() == 1 && windows.size() > 1;
      return new Collecting(
          run.size(),
          settings.windows(),
          broken ? "the lowest layers changed to " + latest.lowest() : "");
    }
    PruningProposal proposal = Proposals.of(run, settings);
    return proposal.evidence().stream()
        .filter(layer -> layer.proposed() && layer.spread() > settings.maximumSpread())
        .findFirst()
        .<RecommendationState>map(
            layer ->
                new Collecting(
                    run.size() - 1,
                    settings.windows(),
                    String.format(
                        java.util.Locale.ROOT,
                        "the score of layer %d varies by %.0f %%, more than %.0f %%",
                        layer.layer(),
                        100 * layer.spread(),
                        100 * settings.maximumSpread())))
        .orElseGet(() -> new Candidate(proposal));
  }

  /** Keeps, refreshes or withdraws a candidate. */
  private RecommendationState hold(Candidate candidate, List<Lowest> windows) {
    List<Integer> proposed = candidate.proposal().layers();
    int against = 0;
    for (int i = windows.size() - 1; i >= 0 && !same(windows.get(i).lowest(), proposed); i--) {
      against++;
    }
    if (against >= settings.withdrawAfter()) {
      return new Withdrawn(
          candidate.proposal(),
          against
              + " windows in a row scored other layers lowest, the last "
              + windows.get(windows.size() - 1).lowest());
    }
    List<Lowest> run = stableRun(windows);
    return against == 0 && run.size() >= settings.windows()
        ? new Candidate(Proposals.of(run, settings))
        : candidate;
  }

  /** The last windows whose lowest sets are the same as the latest one's, at most N of them. */
  private List<Lowest> stableRun(List<Lowest> windows) {
    Lowest latest = windows.get(windows.size() - 1);
    int start = windows.size() - 1;
    while (start > 0
        && windows.size() - start < settings.windows()
        && same(windows.get(start - 1).lowest(), latest.lowest())) {
      start--;
    }
    return windows.subList(start, windows.size());
  }

  private boolean same(List<Integer> a, List<Integer> b) {
    return Jaccard.similarity(a, b) >= settings.minimumJaccard();
  }
}
