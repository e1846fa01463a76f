package io.layerwatch.instrumentation.prune;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter;
import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter.Tensor;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How tensors are laid out over files, and within one. */
class ShardsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  /** One file for each layer and one for the rest; the index counts what is left. */
  @Test
  void filesThatHoldNothingAnyMoreGoAndTheOthersAreNumberedAnew() throws IOException {
    Path model = new TinyCheckpoint(1, false).write(directory.resolve("m"), TensorType.BF16);
    Files.delete(model.resolve("model.safetensors"));
    Map<String, Map<String, Tensor>> shards = new LinkedHashMap<>();
    ObjectNode index = JSON.createObjectNode();
    index.putObject("metadata").put("total_size", 1).put("total_parameters", 2).put("note", "kept");
    new TinyCheckpoint(1, false)
        .tensors()
        .forEach(
            (name, tensor) -> {
              String digits = name.replaceAll("\\D", "");
              String shard =
                  "model-0000"
                      + (digits.isEmpty() ? "4" : Integer.parseInt(digits) + 1)
                      + "-of-00004";
              shards.computeIfAbsent(shard, any -> new LinkedHashMap<>()).put(name, tensor);
              index.withObject("/weight_map").put(name, shard + ".safetensors");
            });
    for (var shard : shards.entrySet()) {
      SafetensorsWriter.write(
          model.resolve(shard.getKey() + ".safetensors"), TensorType.BF16, shard.getValue());
    }
    Files.writeString(model.resolve("model.safetensors.index.json"), index.toString());

    Path pruned = directory.resolve("pruned");
    PrunedCheckpoint.write(model, List.of(1), pruned);

    Map<String, Set<String>> names = new HashMap<>();
    long bytes = 0;
    for (int i = 1; i <= 3; i++) {
      String name = "model-0000" + i + "-of-00003.safetensors";
      names.put(name, RawTensors.of(pruned.resolve(name)).keySet());
      for (JsonNode tensor : RawTensors.header(pruned.resolve(name))) {
        if (tensor.has("shape")) {
          bytes +=
              tensor.path("data_offsets").get(1).asLong()
                  - tensor.path("data_offsets").get(0).asLong();
        }
      }
    }
    assertThat(Files.exists(pruned.resolve("model-00004-of-00004.safetensors"))).isFalse();
    assertThat(names.get("model-00001-of-00003.safetensors"))
        .hasSize(9)
        .allMatch(name -> name.startsWith("model.layers.0."));
    assertThat(names.get("model-00002-of-00003.safetensors"))
        .hasSize(9)
        .allMatch(name -> name.startsWith("model.layers.1."));
    assertThat(names.get("model-00003-of-00003.safetensors"))
        .containsExactlyInAnyOrder(
            "model.embed_tokens.weight", "model.norm.weight", "lm_head.weight");
    JsonNode written = JSON.readTree(pruned.resolve("model.safetensors.index.json").toFile());
    assertThat(written.path("metadata").toString())
        .isEqualTo(
            "{\"total_size\":"
                + bytes
                + ",\"total_parameters\":"
                + bytes / 2
                + ",\"note\":\"kept\"}");
    Map<String, String> expected = new HashMap<>();
    names.forEach((file, tensors) -> tensors.forEach(tensor -> expected.put(tensor, file)));
    assertThat(written.path("weight_map")).isEqualTo(JSON.valueToTree(expected));
  }

  /** A tensor of an odd number of bytes before others must not move them off their alignment. */
  @Test
  void typesThatTheRunnerDoesNotKnowAreCopiedAndEveryTensorStaysAligned() throws IOException {
    Path model = new TinyCheckpoint(2, true).write(directory.resolve("m"), TensorType.F32);
    Path file = model.resolve("model.safetensors");
    ObjectNode header = (ObjectNode) RawTensors.header(file);
    byte[] all = Files.readAllBytes(file);
    int start = Long.BYTES + (int) ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getLong();
    ObjectNode mixed = JSON.createObjectNode();
    ByteBuffer data = ByteBuffer.allocate(all.length + 30);
    add(mixed, data, "model.layers.0.mask", "BOOL", new byte[] {1, 0, 1});
    add(mixed, data, "model.layers.1.mask", "F8_E4M3", new byte[] {4, 5, 6, 7, 8});
    add(mixed, data, "model.layers.2.count", "I64", new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    header
        .putObject("__metadata__")
        .put("format", "pt")
        .put("lm_head.weight", "model.embed_tokens.weight")
        .put("model.layers.0.a", "model.layers.2.a")
        .put("model.layers.2.b", "model.layers.1.b");
    int offset = data.position();
    header.forEach(
        tensor -> {
          if (tensor.has("shape")) {
            var offsets = (ArrayNode) tensor.path("data_offsets");
            long begin = offsets.get(0).asLong() + offset;
            long end = offsets.get(1).asLong() + offset;
            offsets.removeAll().add(begin).add(end);
          }
        });
    mixed.setAll(header);
    data.put(all, start, all.length - start).flip();
    byte[] text = mixed.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer whole = ByteBuffer.allocate(Long.BYTES + text.length + data.remaining());
    whole.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).put(data);
    Files.write(file, whole.array());
    Map<String, String> before = RawTensors.of(file);

    Path pruned = directory.resolve("pruned");
    PrunedCheckpoint.write(model, List.of(0), pruned);

    Path written = pruned.resolve("model.safetensors");
    Map<String, String> after = RawTensors.of(written);
    assertThat(after).hasSize(before.size() - 10);
    assertThat(after.get("model.layers.0.mask")).isEqualTo("F8_E4M3[5]0405060708");
    assertThat(after.get("model.layers.1.count")).isEqualTo("I64[1]0102030405060708");
    assertThat(after.get("model.norm.weight")).isEqualTo(before.get("model.norm.weight"));
    JsonNode newHeader = RawTensors.header(written);
    // Notes of tensors that are others go with their layers, too.
    assertThat(newHeader.path("__metadata__").toString())
        .isEqualTo(
            "{\"format\":\"pt\",\"lm_head.weight\":\"model.embed_tokens.weight\","
                + "\"model.layers.1.b\":\"model.layers.0.b\"}");
    for (var tensor : newHeader.properties()) {
      int size =
          switch (tensor.getValue().path("dtype").asText()) {
            case "I64" -> 8;
            case "F32" -> 4;
            default -> 1;
          };
      if (tensor.getValue().has("shape")) {
        assertThat(tensor.getValue().path("data_offsets").get(0).asLong() % size)
            .as(tensor.getKey())
            .isZero();
      }
    }
  }

  private static void add(
      ObjectNode header, ByteBuffer data, String name, String type, byte[] bytes) {
    ObjectNode tensor = header.putObject(name).put("dtype", type);
    tensor.putArray("shape").add(type.equals("I64") ? bytes.length / 8 : bytes.length);
    tensor.putArray("data_offsets").add(data.position()).add(data.position() + bytes.length);
    data.put(bytes);
  }
}
