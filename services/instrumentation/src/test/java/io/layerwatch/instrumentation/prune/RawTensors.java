package io.layerwatch.instrumentation.prune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tensors of safetensors files, read by the format's description alone: type, shape and bytes
 * of each as one text, by name. Holes, overlaps and bytes that belong to no tensor are refused, as
 * the format's own library does.
 */
final class RawTensors {

  private static final ObjectMapper JSON = new ObjectMapper();

  private RawTensors() {}

  /** Those of every safetensors file in the directory. */
  static Map<String, String> ofDirectory(Path directory) throws IOException {
    Map<String, String> tensors = new TreeMap<>();
    try (var files = Files.newDirectoryStream(directory, "*.safetensors")) {
      for (Path file : files) {
        tensors.putAll(of(file));
      }
    }
    return tensors;
  }

  static Map<String, String> of(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int start = Long.BYTES + headerLength(all);
    Map<String, String> tensors = new TreeMap<>();
    Map<Integer, Integer> ends = new TreeMap<>();
    for (var tensor : header(file).properties()) {
      if (!tensor.getKey().equals("__metadata__")) {
        int begin = tensor.getValue().path("data_offsets").get(0).asInt();
        int end = tensor.getValue().path("data_offsets").get(1).asInt();
        if (end > begin) {
          ends.put(begin, end);
        }
        byte[] bytes = Arrays.copyOfRange(all, start + begin, start + end);
        tensors.put(
            tensor.getKey(),
            tensor.getValue().path("dtype").asText()
                + tensor.getValue().path("shape")
                + HexFormat.of().formatHex(bytes));
      }
    }
    int position = 0;
    for (var range : ends.entrySet()) {
      if (range.getKey() != position) {
        throw new IllegalStateException(file + ": a hole or overlap at " + position);
      }
      position = range.getValue();
    }
    if (start + position != all.length) {
      throw new IllegalStateException(file + ": bytes of no tensor at the end");
    }
    return tensors;
  }

  static JsonNode header(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    return JSON.readTree(new String(all, Long.BYTES, headerLength(all), StandardCharsets.UTF_8));
  }

  private static int headerLength(byte[] file) {
    return (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }
}
