package io.layerwatch.scorer;

import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * One model's event time, so that no model's clock closes another's windows.
 *
 * @param streamTime start of the latest interval seen, in epoch milliseconds; -1 before any
 * @param closedUpTo every window that ends here or earlier is closed for good
 */
record ModelClock(long streamTime, long closedUpTo) {

  /** A model that was never heard of before. */
  static final ModelClock START = new ModelClock(-1, 0);

  ModelClock advancedTo(long time) {
    return new ModelClock(Math.max(streamTime, time), closedUpTo);
  }

  ModelClock closedUpTo(long end) {
    return new ModelClock(streamTime, Math.max(closedUpTo, end));
  }

  static Serde<ModelClock> serde() {
    return Serdes.serdeFrom(
        (topic, clock) ->
            ByteBuffer.wrap(new byte[2 * Long.BYTES])
                .putLong(clock.streamTime)
                .putLong(clock.closedUpTo)
                .array(),
        (topic, bytes) -> {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          return new ModelClock(buffer.getLong(), buffer.getLong());
        });
  }
}
