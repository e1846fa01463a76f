package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * What one instance said of one site and layer in one open window.
 *
 * @param summary all its summaries, merged
 * @param numbers their sequence numbers
 * @param claimedTokens tokens that the instance has claimed up to the last of them
 */
record Contribution(ActivationSummary summary, SequenceNumbers numbers, long claimedTokens) {

  static Contribution of(ActivationSummary summary) {
    return new Contribution(
        summary, SequenceNumbers.of(summary.sequenceNumber()), claimedBy(summary));
  }

  Contribution add(ActivationSummary next) {
    return new Contribution(
        summary.merge(next),
        numbers.union(SequenceNumbers.of(next.sequenceNumber())),
        Math.max(claimedTokens, claimedBy(next)));
  }

  /** How many summaries such as these fit between that time and the first of them, rounded up. */
  long fittingBefore(Instant time) {
    TimeWindow covered = summary.interval();
    double length = (double) covered.size().toMillis() / numbers.count(0, Long.MAX_VALUE);
    return (long) Math.ceil(Duration.between(time, covered.start()).toMillis() / length);
  }

  long tokens() {
    return summary.statistics().tokens();
  }

  /** All tokens of this instance, site and layer up to this summary and with it. */
  static long claimedBy(ActivationSummary summary) {
    return summary.earlierTokens() + summary.statistics().tokens();
  }

  static Serde<Contribution> serde(Serde<ActivationSummary> summaries) {
    return Serdes.serdeFrom(
        (topic, contribution) -> {
          byte[] summary = summaries.serializer().serialize(topic, contribution.summary);
          ByteBuffer buffer =
              ByteBuffer.allocate(contribution.numbers.encodedSize() + Long.BYTES + summary.length);
          contribution.numbers.writeTo(buffer);
          return buffer.putLong(contribution.claimedTokens).put(summary).array();
        },
        (topic, bytes) -> {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          SequenceNumbers numbers = SequenceNumbers.readFrom(buffer);
          long claimed = buffer.getLong();
          byte[] summary = new byte[buffer.remaining()];
          buffer.get(summary);
          return new Contribution(
              summaries.deserializer().deserialize(topic, summary), numbers, claimed);
        });
  }
}
