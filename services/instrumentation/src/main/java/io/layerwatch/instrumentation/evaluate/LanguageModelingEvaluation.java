package io.layerwatch.instrumentation.evaluate;

import io.layerwatch.analysis.evaluation.LanguageModeling;
import io.layerwatch.analysis.evaluation.PairedCounts;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.instrumentation.model.LanguageModel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Measures what leaving out layers does to a model's predictions, a sequence at a time and for
 * several sets of layers in one go:
 *
 * <pre>{@code
 * TorchThreads.inferenceOnly(); // once on every thread that evaluates
 * var evaluation = new LanguageModelingEvaluation(model, List.of(layers));
 * for (int[] sequence : EvaluationText.read(file, model)) {
 *   evaluation.add(sequence); // pause, stop or go on between them
 * }
 * PruningEffect effect = evaluation.effects().get(0);
 * }</pre>
 *
 * Not safe for use by several threads at once.
 */
public final class LanguageModelingEvaluation {

  private final PrunedModels models;
  private final List<PredictionTotals> totals;
  private final List<PairedCounts> correct;
  private long sequences;

  /**
   * An evaluation that has seen nothing.
   *
   * @param layerSets each left out by itself; none measures the full model alone
   * @throws IllegalArgumentException for a layer that the model does not have
   */
  public LanguageModelingEvaluation(
      LanguageModel model, List<? extends Collection<Integer>> layerSets) {
    models = new PrunedModels(model, layerSets);
    totals = new ArrayList<>(Collections.nCopies(models.count(), PredictionTotals.NONE));
    correct = new ArrayList<>(Collections.nCopies(models.count() - 1, PairedCounts.NONE));
  }

  /**
   * Passes one sequence; its ids are within the vocabulary and the context. All of it counts, or
   * nothing when this throws.
   *
   * @throws io.layerwatch.instrumentation.model.InferenceStoppedException before a layer, when the
   *     thread is interrupted, or when the model is closed
   */
  public void add(int[] ids) {
    List<PredictionTotals> added = models.predict(Continuation.whole(ids));
    for (int i = 0; i < added.size(); i++) {
      totals.set(i, totals.get(i).plus(added.get(i)));
    }
    for (int set = 0; set < correct.size(); set++) {
      correct.set(set, correct.get(set).plus(added.get(0).correct(), added.get(set + 1).correct()));
    }
    sequences++;
  }

  public long sequences() {
    return sequences;
  }

  /** Tokens predicted so far; results need one. */
  public long tokens() {
    return totals.get(0).tokens();
  }

  /** What the full model predicts. */
  public LanguageModeling full() {
    return totals.get(0).modeling(sequences);
  }

  /** What each set's absence does, in the order of the sets. */
  public List<PruningEffect> effects() {
    LanguageModeling full = full();
    return IntStream.range(0, totals.size() - 1)
        .mapToObj(set -> totals.get(set + 1).effect(models.layers(set), full, correct.get(set)))
        .toList();
  }
}
