package io.layerwatch.scorer;

import io.layerwatch.analysis.TimeWindow;
import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * How far an instance has come in event time, in epoch milliseconds.
 *
 * @param start of the latest interval that it reported
 * @param end of the latest interval that it reported: it has told all up to here
 */
record InstanceClock(long start, long end) {

  static InstanceClock of(TimeWindow interval) {
    return new InstanceClock(interval.start().toEpochMilli(), interval.end().toEpochMilli());
  }

  /** The later of both. */
  InstanceClock advancedTo(InstanceClock other) {
    return other.start > start || other.end > end
        ? new InstanceClock(Math.max(start, other.start), Math.max(end, other.end))
        : this;
  }

  /**
   * Event time that this instance has reached, for windows that wait for that grace after their
   * end. That is the end of its latest interval, although not all of its layers need have arrived:
   * those of the interval before have. So all of a window has arrived, and so has the first flush
   * after it, by whose numbers one sees what is missing.
   */
  long reached(long grace) {
    return Math.max(start, Math.min(end, start + grace - 1));
  }

  static Serde<InstanceClock> serde() {
    return Serdes.serdeFrom(
        (topic, clock) ->
            ByteBuffer.allocate(2 * Long.BYTES).putLong(clock.start).putLong(clock.end).array(),
        (topic, bytes) -> {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          return new InstanceClock(buffer.getLong(), buffer.getLong());
        });
  }
}
