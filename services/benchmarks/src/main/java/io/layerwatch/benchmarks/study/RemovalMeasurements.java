package io.layerwatch.benchmarks.study;

import io.layerwatch.analysis.evaluation.LanguageModeling;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.instrumentation.evaluate.LanguageModelingEvaluation;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.runtime.process.Progress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What removing sets of layers does on certain sequences, each set measured once. */
final class RemovalMeasurements {

  /** Sets beside one pass of the full model. */
  private static final int SETS_AT_A_TIME = 32;

  private final LanguageModel model;
  private final List<int[]> sequences;
  private final Map<List<Integer>, PruningEffect> measured =
      new TreeMap<>(Comparator.comparing(List<Integer>::toString));

  RemovalMeasurements(LanguageModel model, List<int[]> sequences) {
    this.model = model;
    this.sequences = List.copyOf(sequences);
  }

  /** Measures those that were not yet. */
  void measure(String task, Collection<List<Integer>> sets) {
    List<List<Integer>> left = new ArrayList<>(new LinkedHashSet<>(sets));
    left.removeIf(measured::containsKey);
    long passes = (long) sequences.size() * left.size();
    try (Progress progress = Progress.of(task, passes, "passes")) {
      for (int from = 0; from < left.size(); from += SETS_AT_A_TIME) {
        List<List<Integer>> some = left.subList(from, Math.min(left.size(), from + SETS_AT_A_TIME));
        var evaluation = new LanguageModelingEvaluation(model, some);
        for (int[] sequence : sequences) {
          evaluation.add(sequence);
          progress.advance(some.size());
        }
        List<PruningEffect> effects = evaluation.effects();
        for (int i = 0; i < some.size(); i++) {
          measured.put(some.get(i), effects.get(i));
        }
      }
    }
  }

  PruningEffect effect(List<Integer> layers) {
    PruningEffect effect = measured.get(layers);
    if (effect == null) {
      throw new IllegalArgumentException(layers + " were not measured");
    }
    return effect;
  }

  /** Rise of the negative log likelihood, in nats per token. */
  double damage(List<Integer> layers) {
    PruningEffect effect = effect(layers);
    return effect.pruned().negativeLogLikelihood() - effect.full().negativeLogLikelihood();
  }

  LanguageModeling full() {
    return measured.values().iterator().next().full();
  }
}
