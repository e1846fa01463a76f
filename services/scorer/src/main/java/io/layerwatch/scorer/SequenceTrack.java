package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * What is known of one source's summaries in closed windows.
 *
 * @param numbers sequence numbers seen, in time or late
 * @param claimedTokens tokens that the source has claimed up to the last of them
 * @param countedTokens tokens that were seen, in time or late
 */
record SequenceTrack(SequenceNumbers numbers, long claimedTokens, long countedTokens) {

  static final SequenceTrack START = new SequenceTrack(SequenceNumbers.NONE, 0, 0);

  SequenceTrack add(Contribution contribution) {
    return add(contribution.numbers(), contribution.claimedTokens(), contribution.tokens());
  }

  SequenceTrack addLate(ActivationSummary summary) {
    return add(
        SequenceNumbers.of(summary.sequenceNumber()),
        Contribution.claimedBy(summary),
        summary.statistics().tokens());
  }

  private SequenceTrack add(SequenceNumbers more, long claimed, long tokens) {
    long counted = countedTokens + tokens;
    return new SequenceTrack(
        numbers.union(more), Math.max(Math.max(claimedTokens, claimed), counted), counted);
  }

  /**
   * How many summaries may belong to a window and never arrived.
   *
   * @param seen the numbers that did arrive for the window
   * @param next the lowest number of a later window, or -1 before there is any
   */
  long missing(SequenceNumbers seen, long next) {
    long from = numbers.isEmpty() ? 0 : numbers.last() + 1;
    long to = next >= 0 ? next : seen.isEmpty() ? from : seen.last() + 1;
    return Math.max(0, to - from) - seen.count(from, to);
  }

  static Serde<SequenceTrack> serde() {
    return Serdes.serdeFrom(
        (topic, track) -> {
          ByteBuffer buffer = ByteBuffer.allocate(track.numbers.encodedSize() + 2 * Long.BYTES);
          track.numbers.writeTo(buffer);
          return buffer.putLong(track.claimedTokens).putLong(track.countedTokens).array();
        },
        (topic, bytes) -> {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          return new SequenceTrack(
              SequenceNumbers.readFrom(buffer), buffer.getLong(), buffer.getLong());
        });
  }
}
