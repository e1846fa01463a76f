package io.layerwatch.runtime.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.AvroRuntimeException;

/**
 * Avro's binary encoding of numbers, texts and arrays, read one after the other (Avro 1.12
 * specification, Binary Encoding).
 */
final class AvroInput {

  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int LONGEST_NUMBER = 10;

  private byte[] bytes = {};
  private int at;

  /** A field's last text: most records of a stream repeat it. */
  static final class Text {
    private byte[] encoded = {};
    private String decoded = "";
  }

  void begin(byte[] from, int position) {
    bytes = from;
    at = position;
  }

  int readInt() {
    long number = readLong();
    if (number != (int) number) {
      throw new AvroRuntimeException("expected an int, got " + number);
    }
    return (int) number;
  }

  long readLong() {
    long zigzag = 0;
    for (int read = 0; read < LONGEST_NUMBER; read++) {
      byte next = bytes[require(1)];
      zigzag |= (next & 0x7fL) << (7 * read);
      if (next >= 0) {
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
    }
    throw new AvroRuntimeException(
        "expected a number of at most " + LONGEST_NUMBER + " bytes, got more");
  }

  double readDouble() {
    return (double) DOUBLE.get(bytes, require(Double.BYTES));
  }

  /** The text, in the same object as before where it is the same. */
  String readText(Text before) {
    int length = readInt();
    int from = require(length);
    if (!Arrays.equals(bytes, from, at, before.encoded, 0, before.encoded.length)) {
      before.encoded = Arrays.copyOfRange(bytes, from, at);
      before.decoded = new String(before.encoded, StandardCharsets.UTF_8);
    }
    return before.decoded;
  }

  /** How many items of an array come next; 0 after the last. */
  int readBlock() {
    long items = readLong();
    if (items < 0) {
      readLong(); // Their size in bytes, for those who skip them.
      items = -items;
    }
    // Each takes a byte or more.
    if (items < 0 || items > bytes.length - at) {
      throw new AvroRuntimeException("expected an array of " + items + ", got its beginning");
    }
    return (int) items;
  }

  /** Passes that many bytes, and returns where they begin. */
  private int require(int length) {
    if (length < 0 || length > bytes.length - at) {
      throw new AvroRuntimeException(
          "expected " + length + " bytes more, got " + (bytes.length - at));
    }
    int from = at;
    at += length;
    return from;
  }
}
