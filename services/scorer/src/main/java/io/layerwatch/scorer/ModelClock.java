package io.layerwatch.scorer;

import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * What is known of one model: its own event time, so that no model's clock closes another's
 * windows, and how many layers it has.
 *
 * @param streamTime end of the latest interval seen, in epoch milliseconds
 * @param closedUpTo every window that ends here or earlier is closed for good
 * @param layerCount as the model's first summary said
 */
record ModelClock(long streamTime, long closedUpTo, int layerCount) {

  /** A model that was never heard of before. */
  static ModelClock start(int layerCount) {
    return new ModelClock(0, 0, layerCount);
  }

  ModelClock advancedTo(long time) {
    return new ModelClock(Math.max(streamTime, time), closedUpTo, layerCount);
  }

  ModelClock closedUpTo(long end) {
    return new ModelClock(streamTime, Math.max(closedUpTo, end), layerCount);
  }

  static Serde<ModelClock> serde() {
    return Serdes.serdeFrom(
        (topic, clock) ->
            ByteBuffer.wrap(new byte[2 * Long.BYTES + Integer.BYTES])
                .putLong(clock.streamTime)
                .putLong(clock.closedUpTo)
                .putInt(clock.layerCount)
                .array(),
        (topic, bytes) -> {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          return new ModelClock(buffer.getLong(), buffer.getLong(), buffer.getInt());
        });
  }
}
