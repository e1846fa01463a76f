package io.layerwatch.runtime.streams;

import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import io.layerwatch.runtime.topics.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Makes values of a topic's records, or says what is wrong with them. Of one thread.
 *
 * @param <T> the decoded value
 */
public final class RecordDecoder<T> {

  private final String topic;
  private final Deserializer<T> deserializer;
  private final int largest;
  private final Function<T, String> expectedKey;
  // Most records of a stream have the key of the one before.
  private String keyBefore = "";
  private byte[] keyBytesBefore = {};

  /**
   * A decoder of one topic's records.
   *
   * @param topic whose records these are
   * @param largest most bytes of a record, key and headers with it
   * @param expectedKey the key that a value must have come with
   */
  public RecordDecoder(Topic<T> topic, int largest, Function<T, String> expectedKey) {
    this.topic = topic.name();
    this.deserializer = topic.serde().deserializer();
    this.largest = largest;
    this.expectedKey = expectedKey;
  }

  /**
   * What a record holds.
   *
   * @param <T> the decoded value
   */
  public record Decoded<T>(String key, T value) {}

  /** The name of the topic. */
  public String topic() {
    return topic;
  }

  /**
   * Decodes one record.
   *
   * @throws InvalidRecordException when nobody can use it
   */
  public Decoded<T> decode(byte[] key, byte[] value, Headers headers) {
    long size = Letter.length(key) + Letter.length(value) + Letter.size(headers);
    if (size > largest) {
      throw new InvalidRecordException(
          Kind.OVERSIZE, "record: expected at most " + largest + " bytes, got " + size);
    }
    T decoded = deserializer.deserialize(topic, value);
    return new Decoded<>(requireKey(expectedKey.apply(decoded), key), decoded);
  }

  private String requireKey(String expected, byte[] key) {
    if (!expected.equals(keyBefore)) {
      keyBefore = expected;
      keyBytesBefore = expected.getBytes(StandardCharsets.UTF_8);
    }
    if (!Arrays.equals(keyBytesBefore, key)) {
      String got = key == null ? "none" : '"' + new String(key, StandardCharsets.UTF_8) + '"';
      throw new InvalidRecordException(
          Kind.WRONG_KEY, "key: expected \"" + expected + "\", got " + got);
    }
    return keyBefore;
  }
}
