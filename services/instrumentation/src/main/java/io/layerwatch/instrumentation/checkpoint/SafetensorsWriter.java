package io.layerwatch.instrumentation.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes tensors to a safetensors file. */
public final class SafetensorsWriter {

  private static final ObjectMapper JSON = new ObjectMapper();

  private SafetensorsWriter() {}

  /**
   * A tensor to write.
   *
   * @param shape sizes of the dimensions
   * @param values in row-major order
   */
  @SuppressWarnings("ArrayRecordComponent") // Handed straight to the file, never compared.
  public record Tensor(long[] shape, float[] values) {}

  /** Writes the tensors in the map's order, every element in that type. */
  public static void write(Path path, TensorType type, Map<String, Tensor> tensors)
      throws IOException {
    ObjectNode header = JSON.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (var tensor : tensors.entrySet()) {
      ObjectNode entry = header.putObject(tensor.getKey());
      entry.put("dtype", type.name());
      var shape = entry.putArray("shape");
      for (long size : tensor.getValue().shape()) {
        shape.add(size);
      }
      long end = offset + (long) tensor.getValue().values().length * type.bytes();
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    // The format aligns the data to eight bytes by padding the header with spaces.
    String text = JSON.writeValueAsString(header);
    byte[] bytes =
        (text + " ".repeat(Math.floorMod(-text.length(), 8))).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = Files.newOutputStream(path)) {
      out.write(littleEndian(bytes.length));
      out.write(bytes);
      for (Tensor tensor : tensors.values()) {
        out.write(encode(type, tensor.values()));
      }
    }
  }

  private static byte[] encode(TensorType type, float[] values) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, type.bytes())];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case F32 -> buffer.putFloat(value);
        case F16 -> buffer.putShort(HalfPrecision.toF16(value));
        case BF16 -> buffer.putShort(HalfPrecision.toBf16(value));
      }
    }
    return bytes;
  }

  private static byte[] littleEndian(long value) {
    byte[] bytes = new byte[Long.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
    return bytes;
  }
}
