package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.time.Duration;
import java.time.Instant;

/**
 * What one source said of one layer in one open window.
 *
 * @param interval from the start of the first of its summaries to the end of the last
 * @param numbers their sequence numbers
 * @param claimedTokens tokens that the instance has claimed up to the last of them
 * @param statistics theirs, merged
 */
record Contribution(
    TimeWindow interval, SequenceNumbers numbers, long claimedTokens, LayerStatistics statistics) {

  static Contribution of(ActivationSummary summary) {
    return new Contribution(
        summary.interval(),
        SequenceNumbers.of(summary.sequenceNumber()),
        claimedBy(summary),
        summary.statistics());
  }

  Contribution add(ActivationSummary next) {
    return new Contribution(
        interval.span(next.interval()),
        numbers.with(next.sequenceNumber()),
        Math.max(claimedTokens, claimedBy(next)),
        statistics.merge(next.statistics()));
  }

  /** How many summaries such as these fit between that time and the first of them, rounded up. */
  long fittingBefore(Instant time) {
    double length = (double) interval.size().toMillis() / numbers.count(0, Long.MAX_VALUE);
    return (long) Math.ceil(Duration.between(time, interval.start()).toMillis() / length);
  }

  long tokens() {
    return statistics.tokens();
  }

  /** All tokens of this instance, site and layer up to this summary and with it. */
  static long claimedBy(ActivationSummary summary) {
    return summary.earlierTokens() + summary.statistics().tokens();
  }
}
