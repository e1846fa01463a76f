package io.layerwatch.instrumentation.evaluate;

import io.layerwatch.analysis.evaluation.PairedCounts;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one model made of examples.
 *
 * @param examples how many
 * @param right sums over the tokens of the right candidates
 * @param correct the same tokens' correct predictions by the full model and by this one
 * @param exact right candidates of which every token was the most likely one
 * @param chosen examples whose right candidate has the highest likelihood: Σ ln q of its tokens
 * @param chosenByMean the same by the mean per token, which does not favour short candidates
 */
record Tally(
    long examples,
    PredictionTotals right,
    PairedCounts correct,
    long exact,
    long chosen,
    long chosenByMean) {

  static final Tally NONE = new Tally(0, PredictionTotals.NONE, PairedCounts.NONE, 0, 0, 0);

  /**
   * With one example more.
   *
   * @param candidates the model's totals of each
   * @param full the full model's totals of the right one
   */
  Tally plus(List<PredictionTotals> candidates, int rightOne, PredictionTotals full) {
    PredictionTotals added = candidates.get(rightOne);
    return new Tally(
        examples + 1,
        right.plus(added),
        correct.plus(full.correct(), added.correct()),
        exact + (added.correct() == added.tokens() ? 1 : 0),
        chosen + (first(candidates, PredictionTotals::logLikelihood) == rightOne ? 1 : 0),
        chosenByMean
            + (first(candidates, one -> -one.negativeLogLikelihood()) == rightOne ? 1 : 0));
  }

  /** The highest; among equals the first. None, −1, where the model gives none any probability. */
  private static int first(
      List<PredictionTotals> candidates, ToDoubleFunction<PredictionTotals> score) {
    int first = -1;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < candidates.size(); i++) {
      double likelihood = score.applyAsDouble(candidates.get(i));
      if (likelihood > highest) {
        highest = likelihood;
        first = i;
      }
    }
    return first;
  }

  double share(long of) {
    return (double) of / examples;
  }
}
