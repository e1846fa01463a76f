package io.layerwatch.runtime.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Makes bad records out of good ones. The same random numbers make the same records. */
public final class Mutants {

  private static final int HEADER = 5;
  private static final byte[] BILLIONS = {-2, -1, -1, -1, 15};

  private final Schema schema;
  private final byte[] foreign;
  private final byte[] otherKey;
  private final int tooLarge;
  private final Random random;
  private final ExtremeValues values;

  /**
   * What was made.
   *
   * @param key null where there is none, as for Kafka
   * @param value null where there is none, as for Kafka
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  public record Mutant(Mutation mutation, byte[] key, byte[] value) {}

  /**
   * Mutants of records of one topic.
   *
   * @param schema of its values
   * @param foreign a good value of another topic
   * @param otherKey a key of another model
   * @param tooLarge bytes that no record may have
   */
  public Mutants(Schema schema, byte[] foreign, String otherKey, int tooLarge, Random random) {
    this.schema = schema;
    this.foreign = foreign.clone();
    this.otherKey = otherKey.getBytes(StandardCharsets.UTF_8);
    this.tooLarge = tooLarge;
    this.random = random;
    this.values = new ExtremeValues(random);
  }

  /** The record, gone bad in that way. */
  public Mutant of(Mutation mutation, byte[] key, byte[] good) {
    byte[] value =
        switch (mutation) {
          case FLIPPED_BITS -> flipped(good);
          case TRUNCATED -> Arrays.copyOf(good, random.nextInt(good.length));
          case INSERTED_BYTES -> inserted(good, random.nextBoolean() ? BILLIONS : junk(16));
          case REPEATED_BYTES -> repeated(good);
          case SWAPPED_SCHEMA -> ByteBuffer.wrap(good.clone()).put(foreign, 0, HEADER).array();
          case UNKNOWN_SCHEMA -> ByteBuffer.wrap(good.clone()).putInt(1, unknownId()).array();
          case FOREIGN_RECORD -> foreign.clone();
          case JUNK -> junk(300);
          case EMPTY -> new byte[0];
          case TOMBSTONE -> null;
          case OVERSIZE -> Arrays.copyOf(good, good.length + tooLarge);
          case ONE_FIELD -> withExtremes(good, 1);
          case SEVERAL_FIELDS -> withExtremes(good, 2 + random.nextInt(3));
          case NO_KEY, OTHER_KEY -> good;
        };
    return new Mutant(mutation, keyFor(mutation, key), value);
  }

  private byte[] keyFor(Mutation mutation, byte[] key) {
    return switch (mutation) {
      case NO_KEY -> null;
      case OTHER_KEY ->
          random.nextBoolean() ? otherKey : new byte[] {(byte) 0xff, 'k', (byte) 0x80};
      default -> key;
    };
  }

  private byte[] flipped(byte[] good) {
    byte[] bytes = good.clone();
    for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  private byte[] inserted(byte[] good, byte[] more) {
    int at = random.nextInt(good.length + 1);
    return ByteBuffer.allocate(good.length + more.length)
        .put(good, 0, at)
        .put(more)
        .put(good, at, good.length - at)
        .array();
  }

  private byte[] repeated(byte[] good) {
    int from = random.nextInt(good.length);
    int to = from + 1 + random.nextInt(good.length - from);
    return ByteBuffer.allocate(good.length + to - from)
        .put(good, 0, to)
        .put(good, from, good.length - from)
        .array();
  }

  /** No registry counts that far; below zero ids do not begin. */
  private int unknownId() {
    int id = 1_000_000 + random.nextInt(1_000_000_000);
    return random.nextBoolean() ? id : -id;
  }

  /** Never begins as the wire format does. */
  private byte[] junk(int most) {
    byte[] bytes = new byte[1 + random.nextInt(most)];
    random.nextBytes(bytes);
    bytes[0] |= 1;
    return bytes;
  }

  private byte[] withExtremes(byte[] good, int fields) {
    try {
      GenericRecord record =
          new GenericDatumReader<GenericRecord>(schema)
              .read(
                  null,
                  DecoderFactory.get().binaryDecoder(good, HEADER, good.length - HEADER, null));
      for (int i = 0; i < fields; i++) {
        values.putInto(record);
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.write(good, 0, HEADER);
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
      encoder.flush();
      // What no broker takes by default is no record.
      return bytes.size() > 1_000_000 ? withExtremes(good, fields) : bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
