package io.layerwatch.runtime.streams;

import io.layerwatch.runtime.streams.RecordDecoder.Decoded;
import io.layerwatch.runtime.topics.InvalidRecordException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Decodes records and hands the good ones on as {@link Received}; a bad one goes to the dead
 * letters and processing goes on.
 *
 * @param <T> the decoded value
 */
public final class RecordIntake<T> implements Processor<byte[], byte[], Object, Object> {

  private final RecordDecoder<T> decoder;
  private final DeadLetters deadLetters;
  private final String next;
  private final String rejectedSink;
  private ProcessorContext<Object, Object> context;

  /**
   * An intake of one topic.
   *
   * @param next node that takes good values, with text for a key
   * @param rejectedSink node that takes dead letters, all bytes
   */
  public RecordIntake(
      RecordDecoder<T> decoder, DeadLetters deadLetters, String next, String rejectedSink) {
    this.decoder = decoder;
    this.deadLetters = deadLetters;
    this.next = next;
    this.rejectedSink = rejectedSink;
  }

  @Override
  public void init(ProcessorContext<Object, Object> processorContext) {
    this.context = processorContext;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    Decoded<T> decoded;
    try {
      decoded = decoder.decode(record.key(), record.value(), record.headers());
    } catch (InvalidRecordException fault) {
      context.forward(deadLetters.letter(record, context, fault), rejectedSink);
      return;
    }
    context.forward(
        record.withKey(decoded.key()).withValue(new Received<>(decoded.value(), record.value())),
        next);
  }
}
