package io.layerwatch.runtime.codec;

import org.apache.avro.AvroRuntimeException;

/**
 * Reads values that were written with a codec's own schema without Avro's records between. Of one
 * thread, since it remembers what values have in common.
 *
 * @param <T> the value
 */
public interface AvroReader<T> {

  /**
   * Reads the value that begins at that byte.
   *
   * @throws AvroRuntimeException when the bytes do not fit the schema
   * @throws IllegalArgumentException when they hold an impossible value, saying which
   */
  T read(byte[] bytes, int from);
}
