package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import java.nio.ByteBuffer;

/**
 * What is known of one source's summaries in closed windows.
 *
 * @param numbers sequence numbers seen, in time or late
 * @param judged one more than the highest that was seen in time: what is missing below was told
 * @param claimedTokens tokens that the source has claimed up to the last of them
 * @param countedTokens tokens that were seen, in time or late
 */
record SequenceTrack(SequenceNumbers numbers, long judged, long claimedTokens, long countedTokens) {

  static final SequenceTrack START = new SequenceTrack(SequenceNumbers.NONE, 0, 0, 0);

  /** All numbers below that one count as seen in windows before. */
  static SequenceTrack seenBelow(long number) {
    return new SequenceTrack(SequenceNumbers.of(number - 1), number, 0, 0);
  }

  SequenceTrack add(Contribution contribution) {
    return add(
        contribution.numbers(),
        Math.max(judged, contribution.numbers().last() + 1),
        contribution.claimedTokens(),
        contribution.tokens());
  }

  SequenceTrack addLate(ActivationSummary summary) {
    return add(
        SequenceNumbers.of(summary.sequenceNumber()),
        judged,
        Contribution.claimedBy(summary),
        summary.statistics().tokens());
  }

  private SequenceTrack add(SequenceNumbers more, long judgedNow, long claimed, long tokens) {
    long counted = countedTokens + tokens;
    return new SequenceTrack(
        numbers.union(more),
        judgedNow,
        Math.max(Math.max(claimedTokens, claimed), counted),
        counted);
  }

  /**
   * How many summaries may belong to a window and never arrived.
   *
   * @param seen the numbers that did arrive for the window
   * @param next the lowest number of a later window, or -1 before there is any
   */
  long missing(SequenceNumbers seen, long next) {
    long to = next >= 0 ? next : seen.isEmpty() ? judged : seen.last() + 1;
    long unseen = to - judged - numbers.count(judged, to) - seen.count(judged, to);
    return Math.max(0, unseen) + seen.assumed();
  }

  int encodedSize() {
    return numbers.encodedSize() + 3 * Long.BYTES;
  }

  void writeTo(ByteBuffer buffer) {
    numbers.writeTo(buffer);
    buffer.putLong(judged).putLong(claimedTokens).putLong(countedTokens);
  }

  static SequenceTrack readFrom(ByteBuffer buffer) {
    return new SequenceTrack(
        SequenceNumbers.readFrom(buffer), buffer.getLong(), buffer.getLong(), buffer.getLong());
  }
}
