package io.layerwatch.instrumentation.generate;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Draws one sequence's tokens. Not safe for use by several threads. */
final class Sampler {

  private final Sampling sampling;
  private final SplittableRandom random;

  Sampler(Sampling sampling) {
    this.sampling = sampling;
    this.random =
        sampling.seed().isPresent()
            ? new SplittableRandom(sampling.seed().getAsLong())
            : new SplittableRandom();
  }

  int next(float[] logits) {
    return sampling.temperature() == 0 ? mostLikely(logits) : draw(logits);
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
    int[] order =
        sampling.topP() < 1
            ? IntStream.range(0, weights.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -weights[i]))
                .mapToInt(Integer::intValue)
                .toArray()
            : IntStream.range(0, weights.length).toArray();
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
}
