package io.layerwatch.analysis.score;

import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Activation variance ÷ activation sparsity, the layer importance score of arXiv 2411.02117: a
 * layer whose activations spread widely and rarely vanish scores high.
 *
 * <p>Two estimators of the variance: over all activations ({@link Defined#value}), and the pooled
 * one of the paper's code ({@link Defined#pooled}).
 */
public sealed interface Avss {

  /** Fewer near-zero activations than this make a weak score. */
  long WEAK_BELOW = 100;

  /**
   * A score.
   *
   * @param value population variance ÷ sparsity
   * @param pooled pooled variance ÷ sparsity; empty when no sequence was prefilled
   * @param nearZero activations below the threshold; the score's relative error is about 1 ÷
   *     √nearZero
   */
  record Defined(double value, OptionalDouble pooled, long nearZero) implements Avss {

    /** Whether too few activations lie below the threshold to trust the score. */
    public boolean weak() {
      return nearZero < WEAK_BELOW;
    }
  }

  /** No score, and why. */
  record Undefined(String reason) implements Avss {}

  /**
   * Scores a layer.
   *
   * @param threshold the sparsity threshold, a rung of the statistics' near-zero ladder
   */
  static Avss of(LayerStatistics statistics, double threshold) {
    if (statistics.moments().count() == 0) {
      return new Undefined("no finite activation was seen");
    }
    var nearZero = statistics.nearZero().countBelow(threshold);
    if (nearZero.isEmpty()) {
      return new Undefined("nothing was counted at threshold " + threshold);
    }
    if (nearZero.getAsLong() == 0) {
      return new Undefined("no activation lies below threshold " + threshold);
    }
    double sparsity = (double) nearZero.getAsLong() / statistics.moments().count();
    var pooled = statistics.pooledVariance();
    return new Defined(
        statistics.moments().variance() / sparsity,
        pooled.isEmpty() ? pooled : OptionalDouble.of(pooled.getAsDouble() / sparsity),
        nearZero.getAsLong());
  }

  /** How firm a score is. */
  enum State {
    UNDEFINED,
    WEAK,
    DEFINED
  }

  /** Whether the score is defined, and how firmly. */
  default State state() {
    if (this instanceof Defined defined) {
      return defined.weak() ? State.WEAK : State.DEFINED;
    }
    return State.UNDEFINED;
  }

  /** Why the score is undefined or weak, in words; empty when it is firm. */
  default Optional<String> weakness() {
    if (this instanceof Undefined undefined) {
      return Optional.of("undefined: " + undefined.reason());
    }
    return this instanceof Defined defined && defined.weak()
        ? Optional.of(
            "weak: "
                + defined.nearZero()
                + " activations lie below the threshold, fewer than "
                + WEAK_BELOW)
        : Optional.empty();
  }

  /** The score, or empty when undefined. */
  default OptionalDouble score() {
    return this instanceof Defined defined
        ? OptionalDouble.of(defined.value())
        : OptionalDouble.empty();
  }

  /** The score with pooled variance, or empty when undefined. */
  default OptionalDouble pooledScore() {
    return this instanceof Defined defined ? defined.pooled() : OptionalDouble.empty();
  }
}
