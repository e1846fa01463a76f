package io.layerwatch.scorer;

import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * How far one model has come, so that no model's time closes another's windows.
 *
 * @param watermark event time that all its instances have reached, in epoch milliseconds; it never
 *     goes back
 * @param closedUpTo every window that ends here or earlier is closed for good
 * @param ledger what became of its tokens
 */
record ModelProgress(long watermark, long closedUpTo, Ledger ledger) {

  /** A model that was never heard of before. */
  static final ModelProgress START = new ModelProgress(-1, 0, Ledger.EMPTY);

  ModelProgress advancedTo(long time) {
    return new ModelProgress(Math.max(watermark, time), closedUpTo, ledger);
  }

  ModelProgress withClosedUpTo(long end) {
    return new ModelProgress(watermark, Math.max(closedUpTo, end), ledger);
  }

  ModelProgress with(Ledger next) {
    return new ModelProgress(watermark, closedUpTo, next);
  }

  static Serde<ModelProgress> serde() {
    return Serdes.serdeFrom(
        (topic, progress) -> {
          ByteBuffer buffer = ByteBuffer.allocate(2 * Long.BYTES + Ledger.ENCODED_SIZE);
          buffer.putLong(progress.watermark).putLong(progress.closedUpTo);
          progress.ledger.writeTo(buffer);
          return buffer.array();
        },
        (topic, bytes) -> {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          return new ModelProgress(buffer.getLong(), buffer.getLong(), Ledger.readFrom(buffer));
        });
  }
}
