package io.layerwatch.runtime.streams;

import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.Topic;
import java.util.function.Function;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Decodes records and hands the good ones on as {@link Received}; a bad one goes to the dead
 * letters and processing goes on.
 *
 * @param <T> the decoded value
 */
public final class RecordIntake<T> implements Processor<String, byte[], String, Object> {

  private final Topic<T> topic;
  private final Function<T, String> expectedKey;
  private final DeadLetters deadLetters;
  private final String next;
  private final String rejectedSink;
  private ProcessorContext<String, Object> context;

  /**
   * An intake of one topic.
   *
   * @param expectedKey the key that a value must have come with
   * @param next node that takes good values
   * @param rejectedSink node that takes dead letters
   */
  public RecordIntake(
      Topic<T> topic,
      Function<T, String> expectedKey,
      DeadLetters deadLetters,
      String next,
      String rejectedSink) {
    this.topic = topic;
    this.expectedKey = expectedKey;
    this.deadLetters = deadLetters;
    this.next = next;
    this.rejectedSink = rejectedSink;
  }

  @Override
  public void init(ProcessorContext<String, Object> processorContext) {
    this.context = processorContext;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    T value;
    try {
      value = decode(topic, expectedKey, record.key(), record.value());
    } catch (InvalidRecordException fault) {
      var origin = context.recordMetadata().orElseThrow();
      context.forward(deadLetters.letter(record, origin, fault), rejectedSink);
      return;
    }
    context.forward(record.withValue(new Received<>(value, record.value())), next);
  }

  /**
   * Decodes a record of the topic.
   *
   * @param expectedKey the key that a value must have come with
   * @throws InvalidRecordException when nobody can use it
   */
  public static <T> T decode(
      Topic<T> topic, Function<T, String> expectedKey, String key, byte[] bytes) {
    T value = topic.serde().deserializer().deserialize(topic.name(), bytes);
    String expected = expectedKey.apply(value);
    if (!expected.equals(key)) {
      throw new InvalidRecordException(
          InvalidRecordException.Kind.IMPOSSIBLE,
          "key: expected \"" + expected + "\", got \"" + key + "\"");
    }
    return value;
  }
}
