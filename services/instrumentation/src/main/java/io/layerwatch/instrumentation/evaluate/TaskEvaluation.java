package io.layerwatch.instrumentation.evaluate;

import io.layerwatch.instrumentation.model.LanguageModel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** Passes examples of a task through a model, as it is and without some of its layers. */
final class TaskEvaluation {

  private final PrunedModels models;
  private final List<Tally> tallies;

  TaskEvaluation(LanguageModel model, List<? extends Collection<Integer>> layerSets) {
    models = new PrunedModels(model, layerSets);
    tallies = new ArrayList<>(Collections.nCopies(models.count(), Tally.NONE));
  }

  void add(Example example) {
    List<List<PredictionTotals>> byCandidate =
        example.candidates().stream().map(models::predict).toList();
    PredictionTotals full = byCandidate.get(example.right()).get(0);
    for (int i = 0; i < tallies.size(); i++) {
      int variant = i;
      List<PredictionTotals> own = byCandidate.stream().map(totals -> totals.get(variant)).toList();
      tallies.set(i, tallies.get(i).plus(own, example.right(), full));
    }
  }

  /** The full model's, then that without each set. */
  List<Tally> tallies() {
    return List.copyOf(tallies);
  }
}
