package io.layerwatch.runtime.codec;

/**
 * Writes values with a codec's own schema without Avro's records between. Of one thread, since it
 * remembers what values have in common.
 *
 * @param <T> the value
 */
public interface AvroWriter<T> {

  /**
   * Writes a value as Avro's own writer does.
   *
   * @param head how many zero bytes come before it
   */
  byte[] write(T value, int head);
}
