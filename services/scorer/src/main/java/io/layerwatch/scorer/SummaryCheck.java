package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import java.time.Instant;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * What a summary must be so that it can be merged with any other: of one window, not of the future,
 * and of a size that no sum overflows.
 */
final class SummaryCheck {

  /** Float32 activations stay below 3.5e38, and their m2 below 1e97. */
  private static final double LARGEST_NUMBER = 1e100;

  /** Nine thousand of these still fit into a long. */
  private static final long LARGEST_COUNT = 1_000_000_000_000_000L;

  private SummaryCheck() {}

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
    requireSize(summary);
  }

  private static void requireSize(ActivationSummary summary) {
    LayerStatistics statistics = summary.statistics();
    var moments = statistics.moments();
    DoubleStream numbers =
        moments.count() == 0
            ? DoubleStream.of(statistics.pooledVarianceSum())
            : DoubleStream.of(
                moments.mean(),
                moments.m2(),
                moments.min(),
                moments.max(),
                statistics.pooledVarianceSum());
    LongStream counts =
        LongStream.of(
            statistics.tokens(),
            moments.count(),
            statistics.nonFinite(),
            summary.sequenceNumber(),
            summary.earlierTokens());
    if (numbers.anyMatch(number -> Math.abs(number) > LARGEST_NUMBER)
        || counts.anyMatch(count -> count > LARGEST_COUNT)) {
      throw new InvalidRecordException(
          Kind.IMPOSSIBLE,
          "summary: expected numbers up to "
              + LARGEST_NUMBER
              + " and counts up to "
              + LARGEST_COUNT
              + ", got "
              + summary);
    }
  }

  private static InvalidRecordException misaligned(String expected, TimeWindow interval) {
    return new InvalidRecordException(
        Kind.MISALIGNED, "interval: expected " + expected + ", got " + interval);
  }
}
