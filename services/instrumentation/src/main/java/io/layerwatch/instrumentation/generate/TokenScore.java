package io.layerwatch.instrumentation.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * How likely the model found a token: {@code ln softmax(logits)[token]}, before temperature,
 * penalties and biases.
 *
 * @param alternatives the most likely tokens, the first the most likely; as many as were asked for
 */
public record TokenScore(int token, double logProbability, List<Alternative> alternatives) {

  /** A token that could have been, and its log probability. */
  public record Alternative(int token, double logProbability) {}

  public TokenScore {
    alternatives = List.copyOf(alternatives);
  }

  /** The score of a token, from the logits [from, from + vocabulary) of an array. */
  static TokenScore of(float[] logits, int from, int vocabulary, int token, int alternatives) {
    double best = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + vocabulary; i++) {
      best = Math.max(best, logits[i]);
    }
    double sum = 0;
    for (int i = from; i < from + vocabulary; i++) {
      sum += Math.exp(logits[i] - best);
    }
    double normaliser = best + Math.log(sum);
    List<Alternative> top = new ArrayList<>(alternatives);
    for (int id : mostLikely(logits, from, vocabulary, alternatives)) {
      top.add(new Alternative(id, logits[from + id] - normaliser));
    }
    return new TokenScore(token, logits[from + token] - normaliser, top);
  }

  /** The ids of the count largest, in order; among equals the lower id comes first. */
  private static int[] mostLikely(float[] logits, int from, int vocabulary, int count) {
    int[] top = new int[Math.min(count, vocabulary)];
    int held = 0;
    for (int id = 0; id < vocabulary && top.length > 0; id++) {
      float logit = logits[from + id];
      if (held == top.length && !(logit > logits[from + top[held - 1]])) {
        continue;
      }
      int at = held < top.length ? held++ : held - 1;
      while (at > 0 && logit > logits[from + top[at - 1]]) {
        top[at] = top[at - 1];
        at--;
      }
      top[at] = id;
    }
    return top;
  }
}
