package io.layerwatch.instrumentation.prune;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.checkpoint.SafetensorsFile;
import io.layerwatch.instrumentation.checkpoint.SafetensorsFile.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Some tensors of a safetensors file, written to another one under other names: the bytes go from
 * file to file, whatever their type, and never onto the heap.
 */
final class TensorCopy {

  /** What the format aligns the data to. */
  private static final int ALIGNMENT = 8;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SafetensorsFile source;
  private final LayerNames names;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * A copy of the tensors that stay.
   *
   * @param wanted the tensors of the file that belong to the checkpoint
   */
  TensorCopy(SafetensorsFile source, List<String> wanted, LayerNames names) {
    this.source = source;
    this.names = names;
    wanted.stream()
        .filter(name -> names.renamed(name).isPresent())
        .map(source.entries()::get)
        .sorted(
            Comparator.comparingLong(TensorCopy::elementBytes)
                .reversed()
                .thenComparing(Entry::begin))
        .forEach(entries::add);
  }

  /** Bytes of one element. Large ones come first, so that every tensor is aligned to its own. */
  private static long elementBytes(Entry entry) {
    return (entry.end() - entry.begin()) / Math.max(1, entry.elements());
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** New names of the tensors that stay. */
  List<String> tensors() {
    return entries.stream().map(entry -> names.renamed(entry.name()).orElseThrow()).toList();
  }

  long bytes() {
    return entries.stream().mapToLong(entry -> entry.end() - entry.begin()).sum();
  }

  long elements() {
    return entries.stream().mapToLong(Entry::elements).sum();
  }

  /**
   * Writes the file.
   *
   * @param progress is told of bytes as they are written
   */
  void write(Path target, LongConsumer progress) throws IOException {
    byte[] header = header();
    try (FileChannel channel =
        FileChannel.open(target, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      ByteBuffer start =
          ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
      start.putLong(header.length).put(header).flip();
      while (start.hasRemaining()) {
        channel.write(start);
      }
      for (Entry entry : entries) {
        source.copyTo(entry, channel, progress);
      }
    }
  }

  private byte[] header() throws IOException {
    ObjectNode header = JSON.createObjectNode();
    ObjectNode metadata = header.putObject(SafetensorsFile.METADATA);
    source.metadata().forEach((key, value) -> putMetadata(metadata, key, value));
    long offset = 0;
    for (Entry entry : entries) {
      ObjectNode tensor = header.putObject(names.renamed(entry.name()).orElseThrow());
      tensor.put("dtype", entry.type());
      var shape = tensor.putArray("shape");
      entry.shape().forEach(shape::add);
      long end = offset + entry.end() - entry.begin();
      tensor.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] text = JSON.writeValueAsBytes(header);
    byte[] padded = Arrays.copyOf(text, text.length + Math.floorMod(-text.length, ALIGNMENT));
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    return padded;
  }

  /** Some libraries note there that a tensor is another one, both by name. */
  private void putMetadata(ObjectNode metadata, String key, String value) {
    names
        .renamed(key)
        .ifPresent(
            newKey -> names.renamed(value).ifPresent(newValue -> metadata.put(newKey, newValue)));
  }

  /** The index of a checkpoint in several files, by the file's name. */
  static ObjectNode index(ObjectNode before, Map<String, TensorCopy> files) {
    ObjectNode index = before.deepCopy();
    ObjectNode metadata = index.withObject("/metadata");
    metadata.put("total_size", files.values().stream().mapToLong(TensorCopy::bytes).sum());
    if (metadata.has("total_parameters")) {
      metadata.put(
          "total_parameters", files.values().stream().mapToLong(TensorCopy::elements).sum());
    }
    ObjectNode weightMap = index.putObject("weight_map");
    files.forEach(
        (file, copy) ->
            copy.tensors().stream().sorted().forEach(name -> weightMap.put(name, file)));
    return index;
  }
}
