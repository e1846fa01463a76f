package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.Words;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.analysis.evaluation.Retained;
import java.time.Instant;
import java.util.List;

/**
 * What measuring a candidate showed: its layers were removed, and where they did not pass, fewer of
 * them, down from the most important. A set passes when the gate is reached on every text.
 *
 * @param model whose layers
 * @param candidate what was proposed, 0-based, ascending
 * @param effect of the largest set that passed: the candidate, or the first layers of its ranking;
 *     of the candidate where none passed. On the text where the smallest share is retained
 * @param attempts every set on every text, in the order in which they were measured
 * @param gate least share of next-token accuracy that must be retained, two standard errors off
 * @param dataset name and digest of the text that the effect is of
 * @param instance that measured
 * @param evaluatedAt when that ended
 */
public record PruningEvaluation(
    ModelId model,
    List<Integer> candidate,
    PruningEffect effect,
    List<Attempt> attempts,
    double gate,
    String dataset,
    String instance,
    Instant evaluatedAt) {

  public PruningEvaluation {
    Words.require("dataset", dataset);
    Words.require("instance", instance);
    candidate = List.copyOf(candidate);
    attempts = List.copyOf(attempts);
    if (!candidate.containsAll(effect.layers()) || effect.layers().isEmpty()) {
      throw new IllegalArgumentException(
          "layers: expected one or more of " + candidate + ", got " + effect.layers());
    }
  }

  /** One set of layers, and what was left without them on one text. */
  public record Attempt(
      List<Integer> layers, String dataset, Retained retained, double perplexityRatio) {

    public Attempt {
      Words.require("dataset", dataset);
      layers = List.copyOf(layers);
    }

    /** What an effect comes down to. */
    public static Attempt of(PruningEffect effect, String dataset) {
      return new Attempt(effect.layers(), dataset, effect.retained(), effect.perplexityRatio());
    }
  }

  /** Whether a set was found that may go: one that reaches the gate on every text. */
  public boolean passed() {
    return effect.retained().reaches(gate)
        && attempts.stream()
            .filter(attempt -> attempt.layers().equals(effect.layers()))
            .allMatch(attempt -> attempt.retained().reaches(gate));
  }

  /** Whether all of the candidate may go. */
  public boolean inFull() {
    return passed() && effect.layers().size() == candidate.size();
  }
}
