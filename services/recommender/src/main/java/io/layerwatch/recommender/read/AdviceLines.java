package io.layerwatch.recommender.read;

import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningEvaluation.Attempt;
import io.layerwatch.analysis.pruning.PruningProposal;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Rejected;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What stands behind advice, in words: what it would save, what was measured, who disagrees. */
public final class AdviceLines {

  private AdviceLines() {}

  /** Lines of one state; none where nothing but its description is to be said. */
  public static List<String> of(RecommendationState state) {
    List<String> lines = new ArrayList<>();
    if (state instanceof Candidate candidate) {
      lines.add(savings(candidate.proposal(), candidate.layers()));
      lines.add("stable only means that the result repeats: measure before you prune");
      lines.add(
          "an instance with instrumentation.verifier.data measures it; none has answered yet");
      lines.addAll(rankings(candidate.proposal()));
    } else if (state instanceof Verified verified) {
      lines.add(savings(verified.proposal(), verified.layers()));
      lines.addAll(measured(verified.evaluation()));
      lines.addAll(rankings(verified.proposal()));
    } else if (state instanceof Rejected rejected) {
      lines.addAll(measured(rejected.evaluation()));
      lines.addAll(rankings(rejected.proposal()));
    }
    return lines;
  }

  /**
   * Layers to mark where a model's layers are shown: of advice that stands, and was not refused.
   */
  public static List<Integer> marked(RecommendationState state) {
    return state instanceof Candidate || state instanceof Verified ? state.layers() : List.of();
  }

  private static String savings(PruningProposal proposal, List<Integer> layers) {
    return String.format(
        Locale.ROOT,
        "removes %.1f %% of the parameters, %.1f %% of the compute; %d tokens of evidence",
        100 * proposal.parametersShare(layers),
        100 * proposal.computeShare(layers),
        proposal.tokens());
  }

  private static List<String> measured(PruningEvaluation evaluation) {
    PruningEffect effect = evaluation.effect();
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "measured on %d tokens of %s%s, ± two standard errors:",
            effect.full().tokens(),
            evaluation.dataset(),
            severalTexts(evaluation) ? ", the text that retains least" : ""));
    lines.add(
        String.format(
            Locale.ROOT,
            "  next-token accuracy %.3f, without %s %.3f; same top token %.1f %%, KL %.3f nats",
            effect.full().accuracy(),
            effect.layers(),
            effect.pruned().accuracy(),
            100 * effect.topOneAgreement(),
            effect.meanKullbackLeibler()));
    evaluation
        .attempts()
        .forEach(
            attempt ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "  without %s: %s retained, perplexity × %.2f%s%s",
                        attempt.layers(),
                        attempt.retained().describe(),
                        attempt.perplexityRatio(),
                        severalTexts(evaluation) ? " on " + attempt.dataset() : "",
                        shortfall(attempt, evaluation.gate()))));
    return lines;
  }

  private static boolean severalTexts(PruningEvaluation evaluation) {
    return evaluation.attempts().stream().map(Attempt::dataset).distinct().count() > 1;
  }

  private static String shortfall(Attempt attempt, double gate) {
    if (attempt.retained().reaches(gate)) {
      return "";
    }
    return attempt.retained().share() >= gate ? ", not surely enough" : ", less than asked for";
  }

  private static List<String> rankings(PruningProposal proposal) {
    List<String> lines = new ArrayList<>();
    lines.add(
        disagreement(
            "block influence",
            proposal.blockInfluenceLayers(),
            proposal.blockInfluenceAgreement()));
    proposal
        .others()
        .forEach(
            other ->
                lines.add(
                    disagreement(
                        other.ranking().label() + " at " + other.site(),
                        other.layers(),
                        other.agreement())));
    return lines;
  }

  private static String disagreement(String ranking, List<Integer> layers, double agreement) {
    return String.format(
        Locale.ROOT, "%s would take %s (agreement %.2f)", ranking, layers, agreement);
  }
}
