package io.layerwatch.instrumentation.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.runtime.process.JsonProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * One safetensors file, opened by its header: eight bytes of header length, a JSON header, then the
 * tensors' bytes in little endian. Tensors are mapped, never read whole onto the heap.
 *
 * <p>Everything the header claims is held against the file before a byte is handed out, because a
 * wrong length would otherwise be read by native code.
 */
public final class SafetensorsFile implements AutoCloseable {

  /** The header's one key that is no tensor. */
  public static final String METADATA = "__metadata__";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LARGEST_HEADER = 100_000_000;
  private static final long COPIED_AT_ONCE = 8L << 20;

  private final Path path;
  private final FileChannel channel;
  private final byte[] header;
  private final long dataStart;
  private final Map<String, Entry> entries;
  private final Map<String, String> metadata;

  /**
   * What the header says of one tensor.
   *
   * @param name such as {@code model.layers.0.mlp.up_proj.weight}
   * @param type name of the element type, as written
   * @param shape sizes of the dimensions
   * @param begin first byte, counted from the end of the header
   * @param end byte after the last
   */
  public record Entry(String name, String type, List<Long> shape, long begin, long end) {

    /** Product of the dimensions. */
    public long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }

  private SafetensorsFile(
      Path path,
      FileChannel channel,
      byte[] header,
      Map<String, Entry> entries,
      Map<String, String> metadata) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.dataStart = (long) Long.BYTES + header.length;
    this.entries = Collections.unmodifiableMap(entries);
    this.metadata = Collections.unmodifiableMap(metadata);
  }

  /** Opens the file and reads its header. */
  public static SafetensorsFile open(Path path) {
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    } catch (IOException e) {
      throw new InvalidCheckpointException(path + ": cannot be opened: " + e.getMessage(), e);
    }
    try {
      byte[] header = readHeader(path, channel);
      JsonNode root = parse(path, header);
      Map<String, Entry> entries = entries(path, root, channel.size() - Long.BYTES - header.length);
      return new SafetensorsFile(path, channel, header, entries, metadata(root));
    } catch (IOException e) {
      closeQuietly(channel);
      throw new InvalidCheckpointException(path + ": cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      closeQuietly(channel);
      throw e;
    }
  }

  public Path path() {
    return path;
  }

  /** The tensors by name. */
  public Map<String, Entry> entries() {
    return entries;
  }

  /** What the header says beside its tensors, such as the library that wrote the file. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * Writes the tensor's bytes to a channel as they are, without taking them onto the heap.
   *
   * @param progress is told of bytes as they are written
   */
  public void copyTo(Entry entry, WritableByteChannel target, LongConsumer progress)
      throws IOException {
    long position = dataStart + entry.begin();
    long end = dataStart + entry.end();
    while (position < end) {
      long written = channel.transferTo(position, Math.min(COPIED_AT_ONCE, end - position), target);
      if (written <= 0) {
        throw new IOException(path + ": tensor \"" + entry.name() + "\" ended early");
      }
      position += written;
      progress.accept(written);
    }
  }

  /** The JSON header as it stands in the file. */
  byte[] header() {
    return header.clone();
  }

  /** Maps bytes of the tensor, from the first byte of the tensor. */
  ByteBuffer map(Entry entry, long offset, long length) {
    try {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, dataStart + entry.begin() + offset, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new InvalidCheckpointException(
          path + ": tensor \"" + entry.name() + "\" cannot be mapped: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  private static byte[] readHeader(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw new InvalidCheckpointException(
          path + ": expected a safetensors file of at least 8 bytes, got " + size);
    }
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, length, 0);
    long headerLength = length.flip().getLong();
    if (headerLength <= 0 || headerLength > LARGEST_HEADER || headerLength > size - Long.BYTES) {
      throw new InvalidCheckpointException(
          path
              + ": expected a safetensors header within the file's "
              + size
              + " bytes, got a header length of "
              + Long.toUnsignedString(headerLength)
              + "; the file is truncated or no safetensors file");
    }
    ByteBuffer header = ByteBuffer.allocate((int) headerLength);
    readFully(channel, header, Long.BYTES);
    return header.array();
  }

  private static void readFully(FileChannel channel, ByteBuffer into, long position)
      throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into, position + into.position()) < 0) {
        throw new IOException("the file ended early");
      }
    }
  }

  private static JsonNode parse(Path path, byte[] header) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(header);
    } catch (JsonProcessingException e) {
      throw new InvalidCheckpointException(
          path + ": expected a JSON header: " + JsonProblem.of(e), e);
    }
    if (!root.isObject()) {
      throw new InvalidCheckpointException(
          path + ": expected a JSON object as header, got " + root.getNodeType());
    }
    return root;
  }

  private static Map<String, String> metadata(JsonNode root) {
    Map<String, String> metadata = new TreeMap<>();
    root.path(METADATA)
        .properties()
        .forEach(field -> metadata.put(field.getKey(), field.getValue().asText()));
    return metadata;
  }

  private static Map<String, Entry> entries(Path path, JsonNode root, long dataLength) {
    Map<String, Entry> entries = new TreeMap<>();
    for (var field : root.properties()) {
      if (!field.getKey().equals(METADATA)) {
        Entry entry = entry(path, field.getKey(), field.getValue());
        check(path, entry, dataLength);
        entries.put(entry.name(), entry);
      }
    }
    return entries;
  }

  private static Entry entry(Path path, String name, JsonNode node) {
    JsonNode offsets = node.path("data_offsets");
    JsonNode dimensions = node.path("shape");
    List<Long> shape = new ArrayList<>();
    boolean valid = node.path("dtype").isTextual() && dimensions.isArray();
    for (JsonNode dimension : dimensions) {
      valid &= dimension.canConvertToLong() && dimension.asLong() >= 0;
      shape.add(dimension.asLong());
    }
    valid &=
        offsets.size() == 2
            && offsets.get(0).isIntegralNumber()
            && offsets.get(1).isIntegralNumber();
    if (!valid) {
      throw new InvalidCheckpointException(
          path + ": tensor \"" + name + "\": expected dtype, shape and data_offsets, got " + node);
    }
    return new Entry(
        name,
        node.path("dtype").asText(),
        List.copyOf(shape),
        offsets.get(0).asLong(),
        offsets.get(1).asLong());
  }

  private static void check(Path path, Entry entry, long dataLength) {
    if (entry.begin() < 0 || entry.end() < entry.begin()) {
      throw new InvalidCheckpointException(
          path
              + ": tensor \""
              + entry.name()
              + "\": expected ascending data_offsets, got "
              + List.of(entry.begin(), entry.end()));
    }
    if (entry.end() > dataLength) {
      throw new InvalidCheckpointException(
          path
              + ": tensor \""
              + entry.name()
              + "\": expected "
              + entry.end()
              + " bytes of tensor data, got "
              + dataLength
              + "; the file is truncated");
    }
    var type = TensorType.ofName(entry.type());
    long elements = elements(path, entry);
    if (type.isPresent()) {
      long expected;
      try {
        expected = Math.multiplyExact(elements, type.get().bytes());
      } catch (ArithmeticException e) {
        expected = -1;
      }
      if (expected != entry.end() - entry.begin()) {
        throw new InvalidCheckpointException(
            path
                + ": tensor \""
                + entry.name()
                + "\": expected "
                + expected
                + " bytes for "
                + entry.type()
                + " "
                + Arrays.toString(entry.shape().toArray())
                + ", got "
                + (entry.end() - entry.begin()));
      }
    }
  }

  private static long elements(Path path, Entry entry) {
    try {
      return entry.elements();
    } catch (ArithmeticException e) {
      throw new InvalidCheckpointException(
          path
              + ": tensor \""
              + entry.name()
              + "\": expected a shape of fewer elements, got "
              + entry.shape(),
          e);
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was written: a failed close loses nothing.
    }
  }
}
