package io.layerwatch.recommender;

import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.DoubleStream;

/**
 * What a window must be so that advice can rest on it: not of the future, and of numbers that no
 * sum or square over windows overflows. The scorer's windows are; its topic may hold others.
 */
final class ScoresCheck {

  /** Most bytes of a record: what fits into the changelog of the history, too. */
  static final int LARGEST_RECORD = 1 << 20;

  private static final Duration TOLERANCE = Duration.ofDays(1);
  private static final double LARGEST_COUNT = 1e15;
  private static final double LARGEST_NUMBER = 1e125;

  /** Less than a cosine may pass 1 by: read, written and read again it still is a cosine. */
  private static final double COSINE_TOLERANCE = 9e-6;

  private ScoresCheck() {}

  /** Throws {@link InvalidRecordException} for a window that nobody can judge. */
  static void require(ModelScores scores, Instant now) {
    if (scores.window().start().isBefore(Instant.EPOCH)
        || scores.window().end().isAfter(now.plus(TOLERANCE))) {
      throw new InvalidRecordException(
          Kind.MISALIGNED,
          "window: expected one after 1970 and at most "
              + TOLERANCE
              + " after "
              + now
              + ", got "
              + scores.window());
    }
    scores.layers().forEach(ScoresCheck::requireNumbers);
  }

  private static void requireNumbers(LayerScore layer) {
    var statistics = layer.statistics();
    var moments = statistics.moments();
    requireAtMost(LARGEST_COUNT, "tokens", (double) statistics.tokens());
    requireAtMost(LARGEST_NUMBER, "variance", moments.variance());
    requireAtMost(LARGEST_NUMBER, "pooledVarianceSum", statistics.pooledVarianceSum());
    DoubleStream.of(layer.avss().score().orElse(0), layer.avss().pooledScore().orElse(0))
        .forEach(score -> requireAtMost(LARGEST_NUMBER, "avss", score));
    if (moments.count() > 0) {
      DoubleStream.of(moments.mean(), moments.min(), moments.max())
          .forEach(number -> requireAtMost(LARGEST_NUMBER, "activation", number));
    }
    requireAtMost(
        1 + COSINE_TOLERANCE, "blockInfluence - 1", statistics.blockInfluence().orElse(1) - 1);
    requireAtMost(1, "normalizedAvss", layer.normalizedAvss().orElse(0));
  }

  private static void requireAtMost(double largest, String field, double value) {
    if (!(Math.abs(value) <= largest)) {
      throw new InvalidRecordException(
          Kind.IMPOSSIBLE, field + ": expected at most " + largest + " in size, got " + value);
    }
  }
}
