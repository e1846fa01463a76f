package io.layerwatch.instrumentation.evaluate;

import io.layerwatch.instrumentation.naive.NaiveDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Independent sums over predicted tokens, by loops in double over naive forward passes. */
final class NaiveMeasures {

  double logLikelihood;
  double divergence;
  int correct;
  int agreeing;
  int tokens;
  private final List<Integer> correctBySequence = new ArrayList<>();

  /** Adds the tokens from one on of a sequence, of a model without the layers. */
  NaiveMeasures add(NaiveDecoder model, Set<Integer> layers, int from, int... ids) {
    double[][] full = model.run(Set.of(), ids).logits();
    double[][] pruned = model.run(layers, ids).logits();
    int before = correct;
    for (int t = from; t < ids.length; t++) {
      add(full[t - 1], pruned[t - 1], ids[t]);
    }
    correctBySequence.add(correct - before);
    return this;
  }

  /** Standard error of the share of the full model's correct tokens that this one has, too. */
  double retainedError(NaiveMeasures full) {
    int sequences = correctBySequence.size();
    double ratio = (double) correct / full.correct;
    double residuals = 0;
    for (int i = 0; i < sequences; i++) {
      double residual = correctBySequence.get(i) - ratio * full.correctBySequence.get(i);
      residuals += residual * residual;
    }
    return Math.sqrt(residuals / (sequences - 1) * sequences) / full.correct;
  }

  private void add(double[] full, double[] pruned, int next) {
    tokens++;
    logLikelihood += Math.log(probability(pruned, next));
    for (int word = 0; word < full.length; word++) {
      double p = probability(full, word);
      divergence += p * Math.log(p / probability(pruned, word));
    }
    correct += best(pruned) == next ? 1 : 0;
    agreeing += best(pruned) == best(full) ? 1 : 0;
  }

  private static double probability(double[] logits, int word) {
    double total = 0;
    for (double logit : logits) {
      total += Math.exp(logit - logits[word]);
    }
    return 1 / total;
  }

  private static int best(double[] logits) {
    int best = 0;
    for (int word = 1; word < logits.length; word++) {
      best = logits[word] > logits[best] ? word : best;
    }
    return best;
  }
}
