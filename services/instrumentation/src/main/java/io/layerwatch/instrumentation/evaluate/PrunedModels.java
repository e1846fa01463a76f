package io.layerwatch.instrumentation.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.model.LanguageModel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * A model as it is and without each of several sets of layers. The full model passes a sequence
 * once, however many sets there are. Safe for use by several threads.
 *
 * <p>A pass keeps the last block's output for each set, and of a TorchScript archive the logits:
 * many sets over long sequences are better taken some at a time.
 */
final class PrunedModels {

  private final LanguageModel model;
  private final List<NavigableSet<Integer>> layerSets;

  /**
   * Sets of layers to leave out, each by itself.
   *
   * @throws IllegalArgumentException for a layer that the model does not have
   */
  PrunedModels(LanguageModel model, List<? extends Collection<Integer>> layerSets) {
    this.model = model;
    this.layerSets = layerSets.stream().<NavigableSet<Integer>>map(TreeSet::new).toList();
    int layers = model.config().layerCount();
    for (NavigableSet<Integer> set : this.layerSets) {
      if (!set.isEmpty() && (set.first() < 0 || set.last() >= layers)) {
        throw new IllegalArgumentException(
            "layers: expected 0 to " + (layers - 1) + ", got " + set);
      }
    }
  }

  List<Integer> layers(int set) {
    return List.copyOf(layerSets.get(set));
  }

  /** 1 + the number of sets. */
  int count() {
    return 1 + layerSets.size();
  }

  /**
   * Totals over the predicted tokens: of the full model, then without each set.
   *
   * @throws io.layerwatch.instrumentation.model.InferenceStoppedException before a layer, when the
   *     thread is interrupted
   */
  List<PredictionTotals> predict(Continuation text) {
    return model.use(
        () -> {
          try (NDManager scope = model.newScope()) {
            NDArray tokens = scope.create(text.ids(), new Shape(1, text.ids().length));
            List<Pass> passes = new ArrayList<>();
            passes.add(pass(scope, tokens, layer -> false));
            for (NavigableSet<Integer> set : layerSets) {
              passes.add(pass(scope, tokens, set::contains));
            }
            return Predictions.totals(model.decoder(), passes, text.ids(), text.from());
          }
        });
  }

  /** Keeps what logits are made of; the states between are freed. */
  private Pass pass(NDManager scope, NDArray tokens, IntPredicate skipped) {
    try (NDManager local = scope.newSubManager()) {
      Pass pass = model.decoder().forward(local, tokens, Optional.empty(), skipped);
      pass.last().attach(scope);
      pass.logits().ifPresent(logits -> logits.attach(scope));
      return new Pass(List.of(pass.last()), pass.logits());
    }
  }
}
