package io.layerwatch.runtime.streams;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.processor.api.Record;

/**
 * A decoded value beside the bytes it came as, so that a later node can still reject the record as
 * it was.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; a copy per record would cost.
public record Received<T>(T value, byte[] bytes) {

  /** The record as it came; intake has made sure that its key is this text. */
  public Record<byte[], byte[]> asItCame(Record<String, ?> record) {
    return record.withKey(record.key().getBytes(StandardCharsets.UTF_8)).withValue(bytes);
  }
}
