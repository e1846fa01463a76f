package io.layerwatch.integration;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** Looks for texts and sequences of token ids, or parts of them, in bytes, however written. */
final class Secrets {

  /** Long enough not to be met by chance, short enough for what was cut. */
  private static final int CHARACTERS = 12;

  private static final int TOKENS = 6;

  private final List<Trace> traces = new ArrayList<>();

  /**
   * One way of writing one part.
   *
   * @param bytes a character for each
   */
  private record Trace(String what, String bytes) {}

  void addText(String text) {
    for (int i = 0; i + CHARACTERS <= text.length(); i++) {
      String part = text.substring(i, i + CHARACTERS);
      add("\"" + part + "\" in UTF-8", part.getBytes(StandardCharsets.UTF_8));
      add("\"" + part + "\" in UTF-16BE", part.getBytes(StandardCharsets.UTF_16BE));
      add("\"" + part + "\" in UTF-16LE", part.getBytes(StandardCharsets.UTF_16LE));
      // Whole groups of three bytes, of which one of these parts is made wherever it begins.
      add(
          "\"" + part + "\" in Base64",
          Base64.getEncoder().encode(part.getBytes(StandardCharsets.ISO_8859_1)));
    }
  }

  void addTokens(List<Integer> ids) {
    for (int i = 0; i + TOKENS <= ids.size(); i++) {
      addPart(ids.subList(i, i + TOKENS));
    }
  }

  private void addPart(List<Integer> ids) {
    add(ids + " as varints", varints(ids, 1));
    add(ids + " as zigzag varints", varints(ids, 2));
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      add(ids + " as shorts", numbers(ids, order, (to, id) -> to.putShort(id.shortValue())));
      add(ids + " as ints", numbers(ids, order, ByteBuffer::putInt));
      add(ids + " as longs", numbers(ids, order, (to, id) -> to.putLong(id)));
      add(ids + " as floats", numbers(ids, order, (to, id) -> to.putFloat(id)));
      add(ids + " as doubles", numbers(ids, order, (to, id) -> to.putDouble(id)));
    }
    for (String separator : List.of(",", ", ", " ", ";", "\n")) {
      String text = ids.stream().map(String::valueOf).collect(Collectors.joining(separator));
      add(ids + " as text", text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static byte[] varints(List<Integer> ids, int factor) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int id : ids) {
      int left = factor * id;
      for (; left >= 0x80; left >>>= 7) {
        out.write((left & 0x7f) | 0x80);
      }
      out.write(left);
    }
    return out.toByteArray();
  }

  private static byte[] numbers(
      List<Integer> ids, ByteOrder order, BiConsumer<ByteBuffer, Integer> put) {
    ByteBuffer bytes = ByteBuffer.allocate(ids.size() * Double.BYTES).order(order);
    ids.forEach(id -> put.accept(bytes, id));
    byte[] written = new byte[bytes.position()];
    bytes.flip().get(written);
    return written;
  }

  private void add(String what, byte[] bytes) {
    traces.add(new Trace(what, latin(bytes)));
  }

  /** What of them the bytes hold. */
  List<String> in(byte[] bytes) {
    String text = latin(bytes);
    return traces.stream().filter(trace -> text.contains(trace.bytes)).map(Trace::what).toList();
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
