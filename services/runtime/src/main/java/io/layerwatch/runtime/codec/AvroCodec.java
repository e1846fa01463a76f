package io.layerwatch.runtime.codec;

import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * Both directions between a value and its Avro record.
 *
 * @param <T> the value everyone handles
 * @param <A> its Avro class
 */
public interface AvroCodec<T, A extends SpecificRecord> {

  /** The Avro class. */
  Class<A> avroClass();

  /** The schema that values are written with. */
  Schema schema();

  A toAvro(T value);

  /**
   * Reads a record.
   *
   * @throws IllegalArgumentException when the record holds an impossible value, saying which
   */
  T fromAvro(A record);

  /** What reads values of exactly {@link #schema()} faster than by Avro's records, if anything. */
  default Optional<AvroReader<T>> reader() {
    return Optional.empty();
  }

  /** What writes values as Avro's records are written, and faster, if anything. */
  default Optional<AvroWriter<T>> writer() {
    return Optional.empty();
  }
}
