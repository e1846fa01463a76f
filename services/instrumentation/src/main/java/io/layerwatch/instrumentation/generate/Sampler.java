package io.layerwatch.instrumentation.generate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Draws one sequence's tokens. Not safe for use by several threads. */
final class Sampler {

  private final Sampling sampling;
  private final SplittableRandom random;
  private final Map<Integer, Integer> generated = new HashMap<>();

  Sampler(Sampling sampling) {
    this.sampling = sampling;
    this.random =
        sampling.seed().isPresent()
            ? new SplittableRandom(sampling.seed().getAsLong())
            : new SplittableRandom();
  }

  /** Draws a token, which counts as generated from now on. */
  int next(float[] logits) {
    float[] changed = sampling.changesLogits() ? changed(logits) : logits;
    int token = sampling.temperature() == 0 ? mostLikely(changed) : draw(changed);
    if (sampling.changesLogits()) {
      generated.merge(token, 1, Integer::sum);
    }
    return token;
  }

  private float[] changed(float[] logits) {
    float[] changed = logits.clone();
    generated.forEach(
        (token, count) ->
            changed[token] -=
                (float) (count * sampling.frequencyPenalty() + sampling.presencePenalty()));
    sampling.biases().forEach((token, bias) -> changed[token] += bias.floatValue());
    return changed;
  }

  private static int mostLikely(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best] || Float.isNaN(logits[best])) {
        best = i;
      }
    }
    return best;
  }

  private int draw(float[] logits) {
    double[] weights = new double[logits.length];
    int best = mostLikely(logits);
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double weight = Math.exp((logits[i] - logits[best]) / sampling.temperature());
      weights[i] = Double.isNaN(weight) ? 0 : weight;
      sum += weights[i];
    }
    if (sum == 0) {
      // Nothing is finite: a broken model is to be seen, not to fail here.
      return best;
    }
    return sampling.topP() < 1 ? drawFromNucleus(weights, sum) : drawFromAll(weights, sum);
  }

  private int drawFromAll(double[] weights, double sum) {
    double at = random.nextDouble() * sum;
    int last = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        last = i;
        at -= weights[i];
        if (at < 0) {
          return i;
        }
      }
    }
    return last;
  }

  private int drawFromNucleus(double[] weights, double sum) {
    int[] order = candidates(weights, sum);
    int kept = 0;
    double mass = 0;
    while (kept < order.length && mass < sampling.topP() * sum) {
      mass += weights[order[kept++]];
    }
    double at = random.nextDouble() * mass;
    for (int i = 0; i < kept - 1; i++) {
      at -= weights[order[i]];
      if (at < 0) {
        return order[i];
      }
    }
    return order[kept - 1];
  }

  /**
   * Tokens that the nucleus can hold, the most likely first. All tokens below (1 − topP) · sum ÷
   * vocabulary together have less than 1 − topP of the mass, so those above reach topP without
   * them; that leaves a few hundred of a hundred thousand to be sorted.
   */
  private int[] candidates(double[] weights, double sum) {
    double least = (1 - sampling.topP()) * sum / weights.length;
    long[] keys = new long[weights.length];
    int count = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] >= least) {
        // Bits of positive floats sort as the floats do; among equals the lower id comes first.
        keys[count++] =
            ((long) Float.floatToIntBits((float) weights[i]) << 32) | (Integer.MAX_VALUE - i);
      }
    }
    Arrays.sort(keys, 0, count);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = Integer.MAX_VALUE - (int) keys[count - 1 - i];
    }
    return order;
  }
}
