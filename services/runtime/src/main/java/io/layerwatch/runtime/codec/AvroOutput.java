package io.layerwatch.runtime.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Avro's binary encoding of numbers, texts and arrays, written one after the other (Avro 1.12
 * specification, Binary Encoding): what {@link AvroInput} reads.
 */
final class AvroOutput {

  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int LONGEST_NUMBER = 10;

  private byte[] bytes = new byte[512];
  private int end;

  /** A field's last text: most records of a stream repeat it. */
  static final class Text {
    private String text = "";
    private byte[] encoded = {};
  }

  /** Begins anew, behind what somebody else writes. */
  void begin(int head) {
    end = 0;
    makeRoom(head);
    Arrays.fill(bytes, 0, head, (byte) 0);
    end = head;
  }

  void writeLong(long number) {
    makeRoom(LONGEST_NUMBER);
    long rest = (number << 1) ^ (number >> 63);
    while ((rest & ~0x7fL) != 0) {
      bytes[end++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[end++] = (byte) rest;
  }

  void writeDouble(double number) {
    makeRoom(Double.BYTES);
    DOUBLE.set(bytes, end, number);
    end += Double.BYTES;
  }

  /** A text, encoded anew only when it is not the same as before. */
  void writeText(String text, Text before) {
    if (!text.equals(before.text)) {
      before.text = text;
      before.encoded = text.getBytes(StandardCharsets.UTF_8);
    }
    writeLong(before.encoded.length);
    makeRoom(before.encoded.length);
    System.arraycopy(before.encoded, 0, bytes, end, before.encoded.length);
    end += before.encoded.length;
  }

  /** All that was written since the beginning. */
  byte[] taken() {
    return Arrays.copyOf(bytes, end);
  }

  private void makeRoom(int length) {
    if (length > bytes.length - end) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, end + length));
    }
  }
}
