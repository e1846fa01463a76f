package io.layerwatch.benchmarks.study;

import io.layerwatch.analysis.evaluation.PruningEffect;
import java.util.List;
import java.util.OptionalDouble;

/**
 * One way to choose the layers that go, and what is left without them.
 *
 * @param chosenBy what chooses them
 * @param correlation Spearman's, of the scores that choose with the damage of each layer by itself;
 *     empty where nothing scores
 * @param layers that go, 0-based; none where the rest is a mean over several sets
 * @param accuracyRetained next-token accuracy ÷ the full model's
 * @param perplexityRatio perplexity ÷ the full model's
 */
record Removal(
    String chosenBy,
    OptionalDouble correlation,
    List<Integer> layers,
    double accuracyRetained,
    double perplexityRatio) {

  static Removal of(String chosenBy, OptionalDouble correlation, PruningEffect effect) {
    return new Removal(
        chosenBy,
        correlation,
        effect.layers(),
        effect.accuracyRetained(),
        effect.perplexityRatio());
  }

  static Removal mean(String chosenBy, List<PruningEffect> effects) {
    return new Removal(
        chosenBy,
        OptionalDouble.empty(),
        List.of(),
        effects.stream().mapToDouble(PruningEffect::accuracyRetained).average().orElseThrow(),
        effects.stream().mapToDouble(PruningEffect::perplexityRatio).average().orElseThrow());
  }
}
