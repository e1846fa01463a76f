package io.layerwatch.runtime.streams;

import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import io.layerwatch.runtime.topics.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.apache.kafka.common.header.Headers;

/**
 * Makes values of a topic's records, or says what is wrong with them.
 *
 * @param topic whose records these are
 * @param largest most bytes of a record, key and headers with it
 * @param expectedKey the key that a value must have come with
 * @param <T> the decoded value
 */
public record RecordDecoder<T>(Topic<T> topic, int largest, Function<T, String> expectedKey) {

  /**
   * Decodes one record.
   *
   * @throws InvalidRecordException when nobody can use it
   */
  public T decode(byte[] key, byte[] value, Headers headers) {
    long size = Letter.length(key) + Letter.length(value) + Letter.size(headers);
    if (size > largest) {
      throw new InvalidRecordException(
          Kind.OVERSIZE, "record: expected at most " + largest + " bytes, got " + size);
    }
    T decoded = topic.serde().deserializer().deserialize(topic.name(), value);
    requireKey(expectedKey.apply(decoded), key);
    return decoded;
  }

  private static void requireKey(String expected, byte[] key) {
    if (!Arrays.equals(expected.getBytes(StandardCharsets.UTF_8), key)) {
      String got = key == null ? "none" : '"' + new String(key, StandardCharsets.UTF_8) + '"';
      throw new InvalidRecordException(
          Kind.WRONG_KEY, "key: expected \"" + expected + "\", got " + got);
    }
  }
}
