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
 * @param publishedUpTo end of the last window that was published; 0 before there is one
 * @param ledger what became of its tokens
 */
record ModelProgress(long watermark, long closedUpTo, long publishedUpTo, Ledger ledger) {

  /** A model that was never heard of before. */
  static final ModelProgress START = new ModelProgress(-1, 0, 0, Ledger.EMPTY);

  ModelProgress advancedTo(long time) {
    return new ModelProgress(Math.max(watermark, time), closedUpTo, publishedUpTo, ledger);
  }

  ModelProgress withClosedUpTo(long end) {
    return new ModelProgress(watermark, Math.max(closedUpTo, end), publishedUpTo, ledger);
  }

  ModelProgress withPublishedUpTo(long end) {
    return new ModelProgress(watermark, closedUpTo, end, ledger);
  }

  ModelProgress with(Ledger next) {
    return new ModelProgress(watermark, closedUpTo, publishedUpTo, next);
  }

  static Serde<ModelProgress> serde() {
    return Serdes.serdeFrom(
        (topic, progress) -> {
          ByteBuffer buffer = ByteBuffer.allocate(3 * Long.BYTES + Ledger.ENCODED_SIZE);
          buffer
              .putLong(progress.watermark)
              .putLong(progress.closedUpTo)
              .putLong(progress.publishedUpTo);
          progress.ledger.writeTo(buffer);
          return buffer.array();
        },
        (topic, bytes) -> {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          return new ModelProgress(
              buffer.getLong(), buffer.getLong(), buffer.getLong(), Ledger.readFrom(buffer));
        });
  }
}
