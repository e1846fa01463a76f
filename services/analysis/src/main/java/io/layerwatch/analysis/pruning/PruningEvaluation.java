package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.evaluation.PruningEffect;
import java.time.Instant;
import java.util.List;

/**
 * What measuring a candidate showed: its layers were removed, and where that cost too much, fewer
 * of them, down from the most important.
 *
 * @param model whose layers
 * @param candidate what was proposed, 0-based, ascending
 * @param effect of the largest set that passed: the candidate, or the first layers of its ranking;
 *     of the candidate where none passed
 * @param attempts every set that was measured, in that order
 * @param gate least share of next-token accuracy that must be retained
 * @param dataset name and digest of the data
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
    candidate = List.copyOf(candidate);
    attempts = List.copyOf(attempts);
    if (!candidate.containsAll(effect.layers()) || effect.layers().isEmpty()) {
      throw new IllegalArgumentException(
          "layers: expected one or more of " + candidate + ", got " + effect.layers());
    }
  }

  /** One set of layers and what was left without them. */
  public record Attempt(List<Integer> layers, double accuracyRetained, double perplexityRatio) {

    public Attempt {
      layers = List.copyOf(layers);
    }

    /** What an effect comes down to. */
    public static Attempt of(PruningEffect effect) {
      return new Attempt(effect.layers(), effect.accuracyRetained(), effect.perplexityRatio());
    }
  }

  /** Whether a set was found that may go. */
  public boolean passed() {
    return effect.accuracyRetained() >= gate;
  }

  /** Whether all of the candidate may go. */
  public boolean inFull() {
    return passed() && effect.layers().size() == candidate.size();
  }
}
