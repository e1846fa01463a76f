package io.layerwatch.runtime.streams;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * A dead letter: a record as it came, and {@code layerwatch.…} headers that say why it is here and
 * where it was.
 *
 * @param key as it came; none where the record had none
 * @param value as it came; none where the record had none
 * @param original the record's own headers
 * @param own what was added
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; a copy per record would cost.
record Letter(byte[] key, byte[] value, Headers original, Headers own) {

  private static final int LONGEST_REASON = 1_000;

  /** A batch's header and the lengths of a record's parts; and of one header's. */
  private static final int RECORD_OVERHEAD = 128;

  private static final int HEADER_OVERHEAD = 10;

  static Letter of(
      Record<byte[], byte[]> record, RecordMetadata origin, String reason, String kind) {
    Headers own = new RecordHeaders();
    put(own, "reason", bounded(reason));
    put(own, "kind", kind);
    put(own, "origin.topic", origin.topic());
    put(own, "origin.partition", Integer.toString(origin.partition()));
    put(own, "origin.offset", Long.toString(origin.offset()));
    put(own, "origin.timestamp", Long.toString(record.timestamp()));
    return new Letter(record.key(), record.value(), record.headers(), own);
  }

  /** A reason that quotes what it found may be as long as that. */
  static String bounded(String reason) {
    return reason.length() <= LONGEST_REASON
        ? reason
        : reason.substring(0, LONGEST_REASON - 1) + "…";
  }

  /** An upper bound of what the letter takes on its way. */
  long size() {
    return RECORD_OVERHEAD + length(key) + length(value) + size(original) + size(own);
  }

  /**
   * The same with as much of the value as there is room for. Where key and headers alone are too
   * large, they are left out instead. Headers say so.
   */
  Letter cutTo(int bytes, String kind) {
    Headers said = new RecordHeaders(own.toArray());
    put(said, "kind", kind);
    put(said, "truncated.from", Integer.toString(length(value)));
    Letter cut = new Letter(key, new byte[0], original, said);
    if (cut.size() > bytes) {
      put(said, "truncated.without", "key, headers");
      cut = new Letter(null, new byte[0], new RecordHeaders(), said);
    }
    int room = (int) Math.max(0, Math.min(length(value), bytes - cut.size()));
    byte[] start = value == null ? null : Arrays.copyOf(value, room);
    return new Letter(cut.key, start, cut.original, said);
  }

  Record<byte[], byte[]> record(long timestamp) {
    Headers headers = new RecordHeaders(original.toArray());
    for (Header header : own) {
      // A letter that was sent in again and is rejected again tells of this time alone.
      headers.remove(header.key()).add(header);
    }
    return new Record<>(key, value, timestamp, headers);
  }

  private static void put(Headers headers, String name, String value) {
    String key = "layerwatch." + name;
    headers.remove(key).add(key, value.getBytes(StandardCharsets.UTF_8));
  }

  static long size(Headers headers) {
    long size = 0;
    for (Header header : headers) {
      size +=
          HEADER_OVERHEAD
              + header.key().getBytes(StandardCharsets.UTF_8).length
              + length(header.value());
    }
    return size;
  }

  static int length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
