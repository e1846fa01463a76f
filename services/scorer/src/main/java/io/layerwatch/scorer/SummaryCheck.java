package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import java.time.Instant;

/**
 * What a summary must be so that it can be merged with any other: of one window, not of the future,
 * and of a size that no sum overflows.
 */
final class SummaryCheck {

  /** Most bytes of a record; the largest good one has a fiftieth of it. */
  static final int LARGEST_RECORD = 256 << 10;

  /** Most of anything that is counted; of what 2,048 instances counted, the sum fits a long. */
  static final long LARGEST_COUNT = 1_000_000_000_000_000L;

  /** A million tokens a second for eleven days. */
  private static final long MOST_TOKENS = 1_000_000_000_000L;

  /** Single precision ends at 3.5e38. */
  private static final double LARGEST_ACTIVATION = 1e40;

  /** Above what the largest count of the largest activations adds up to: 4e95. */
  private static final double LARGEST_SUM = 1e100;

  /** Less than a cosine may pass 1 by, so that rounding in a sum never goes beyond that. */
  private static final double LARGEST_COSINE = 1 + 9e-6;

  /** Throws {@link InvalidRecordException} for a summary that cannot be scored. */
  static void require(ActivationSummary summary, ScorerSettings settings, Instant now) {
    TimeWindow interval = summary.interval();
    if (interval.start().isBefore(Instant.EPOCH)) {
      throw misaligned("a start in 1970 or later", interval);
    }
    if (interval.start().isAfter(now.plus(settings.futureTolerance()))) {
      throw misaligned("a start at most " + settings.futureTolerance() + " after " + now, interval);
    }
    if (!TimeWindow.of(interval.start(), settings.windowSize()).covers(interval)) {
      throw misaligned("one within a window of " + settings.windowSize(), interval);
    }
    requireAtMost(LARGEST_COUNT, "sequenceNumber", summary.sequenceNumber());
    requireAtMost(LARGEST_COUNT, "earlierTokens", summary.earlierTokens());
    requireSums(summary.statistics());
  }

  /** Throws for statistics that, with those of other instances, could overflow. */
  static void requireSums(LayerStatistics statistics) {
    Moments moments = statistics.moments();
    requireAtMost(MOST_TOKENS, "tokens", statistics.tokens());
    requireAtMost(LARGEST_COUNT, "count", moments.count());
    requireAtMost(LARGEST_COUNT, "nonFinite", statistics.nonFinite());
    if (moments.count() > 0) {
      requireAtMost(LARGEST_ACTIVATION, "mean", Math.abs(moments.mean()));
      requireAtMost(LARGEST_ACTIVATION, "min", Math.abs(moments.min()));
      requireAtMost(LARGEST_ACTIVATION, "max", Math.abs(moments.max()));
      requireAtMost(LARGEST_SUM, "m2", moments.m2());
    }
    requireAtMost(LARGEST_SUM, "pooledVarianceSum", statistics.pooledVarianceSum());
    requireAtMost(
        LARGEST_COSINE * statistics.tokens(), "cosineSum", Math.abs(statistics.cosineSum()));
  }

  private static void requireAtMost(long largest, String field, long value) {
    if (value > largest) {
      throw tooLarge(field, largest, value);
    }
  }

  private static void requireAtMost(double largest, String field, double value) {
    if (value > largest) {
      throw tooLarge(field, largest, value);
    }
  }

  private static InvalidRecordException tooLarge(String field, Object largest, Object value) {
    return new InvalidRecordException(
        Kind.IMPOSSIBLE, field + ": expected at most " + largest + ", got " + value);
  }

  private static InvalidRecordException misaligned(String expected, TimeWindow interval) {
    return new InvalidRecordException(
        Kind.MISALIGNED, "interval: expected " + expected + ", got " + interval);
  }
}
