package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.time.Instant;

/**
 * What one source said of one layer in one open window. It grows in place: there are as many as
 * there are sources, and each lives for a window, so that a new one at each flush would be what the
 * garbage collector is busy with.
 */
final class Contribution {

  private final GrowingStatistics statistics;
  // In milliseconds since the epoch, as they were sent.
  private long start;
  private long end;
  // All but those after its last, which came in order.
  private SequenceNumbers numbers;
  private long lastNumber;
  private long claimedTokens;

  /**
   * A contribution as it was.
   *
   * @param interval from the start of the first of its summaries to the end of the last
   * @param numbers their sequence numbers, one or more
   * @param claimedTokens tokens that the instance has claimed up to the last of them
   * @param statistics theirs, merged
   */
  Contribution(
      TimeWindow interval,
      SequenceNumbers numbers,
      long claimedTokens,
      LayerStatistics statistics) {
    this.start = interval.start().toEpochMilli();
    this.end = interval.end().toEpochMilli();
    this.numbers = numbers;
    this.lastNumber = numbers.last();
    this.claimedTokens = claimedTokens;
    this.statistics = new GrowingStatistics(statistics);
  }

  static Contribution of(ActivationSummary summary) {
    return new Contribution(
        summary.interval(),
        SequenceNumbers.of(summary.sequenceNumber()),
        claimedBy(summary),
        summary.statistics());
  }

  /** Whether the summary of that number is in it. */
  boolean contains(long number) {
    return number > numbers.last() ? number <= lastNumber : numbers.contains(number);
  }

  /**
   * Adds a summary that is not in it yet.
   *
   * @throws io.layerwatch.runtime.topics.InvalidRecordException when their sums are too large;
   *     nothing is added then
   */
  void add(ActivationSummary next) {
    LayerStatistics sum = statistics.plus(next.statistics());
    SummaryCheck.requireSums(sum);
    statistics.become(sum);
    TimeWindow interval = next.interval();
    start = Math.min(start, interval.start().toEpochMilli());
    end = Math.max(end, interval.end().toEpochMilli());
    addNumber(next.sequenceNumber());
    claimedTokens = Math.max(claimedTokens, claimedBy(next));
  }

  private void addNumber(long number) {
    if (number == lastNumber + 1) {
      lastNumber = number;
    } else {
      numbers = numbers().with(number);
      lastNumber = numbers.last();
    }
  }

  TimeWindow interval() {
    return new TimeWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(end));
  }

  SequenceNumbers numbers() {
    return numbers.upTo(lastNumber);
  }

  long claimedTokens() {
    return claimedTokens;
  }

  LayerStatistics statistics() {
    return statistics.total();
  }

  long tokens() {
    return statistics.tokens();
  }

  /** How many summaries such as these fit between that time and the first of them, rounded up. */
  long fittingBefore(Instant time) {
    double length = (double) (end - start) / numbers().count(0, Long.MAX_VALUE);
    return (long) Math.ceil((start - time.toEpochMilli()) / length);
  }

  /** All tokens of this instance, site and layer up to this summary and with it. */
  static long claimedBy(ActivationSummary summary) {
    return summary.earlierTokens() + summary.statistics().tokens();
  }
}
