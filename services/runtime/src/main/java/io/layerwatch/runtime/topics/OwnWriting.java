package io.layerwatch.runtime.topics;

import io.layerwatch.runtime.codec.AvroWriter;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes the first value by Confluent's serializer, which asks the registry, and by our own writer.
 * Where both say the same, ours goes on alone, behind the head that the first one has: schemas' ids
 * never change. Where settings have Confluent's write something else, such as another version of
 * the schema, it goes on. Of one thread.
 *
 * @param <T> the value
 */
final class OwnWriting<T> implements Serializer<T> {

  private final Serializer<T> confluent;
  private final AvroWriter<T> own;
  private final int headLength;
  private Optional<byte[]> head = Optional.empty();
  private boolean compared;

  OwnWriting(Serializer<T> confluent, AvroWriter<T> own, int headLength) {
    this.confluent = confluent;
    this.own = own;
    this.headLength = headLength;
  }

  @Override
  public byte[] serialize(String topic, T value) {
    if (value == null) {
      return null;
    }
    if (head.isPresent()) {
      return write(value, head.get());
    }
    byte[] written = confluent.serialize(topic, value);
    if (!compared) {
      compared = true;
      byte[] itsHead = Arrays.copyOf(written, headLength);
      head = Optional.of(itsHead).filter(same -> Arrays.equals(written, write(value, same)));
    }
    return written;
  }

  private byte[] write(T value, byte[] begin) {
    byte[] bytes = own.write(value, headLength);
    System.arraycopy(begin, 0, bytes, 0, headLength);
    return bytes;
  }
}
