package io.layerwatch.instrumentation.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter.Tensor;
import io.layerwatch.instrumentation.model.LanguageModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a checkpoint is one sentence that names it; the process never dies. */
class BrokenCheckpointTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String QUERY = "model.layers.1.self_attn.q_proj.weight";

  @TempDir private Path directory;
  private final TinyCheckpoint checkpoint = new TinyCheckpoint(1, true);

  @BeforeEach
  void writeCheckpoint() throws IOException {
    checkpoint.write(directory, TensorType.F32);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "architectures | [\"T5Model\"] | architectures: expected one of LlamaForCausalLM",
        "rope_scaling | {\"rope_type\":\"yarn\"} | rope_scaling.rope_type: expected default, linear",
        "rope_scaling | {\"type\":\"linear\"} | rope_scaling.factor: expected a positive number",
        "quantization_config | {\"bits\":4} | quantization_config: expected none",
        "is_causal | false | is_causal: expected true, got false",
        "hidden_act | \"mish\" | hidden_act: expected one of silu",
        "num_hidden_layers | 0 | num_hidden_layers: expected a positive whole number, got 0",
        "num_key_value_heads | 3 | num_key_value_heads: expected a divisor",
        "max_position_embeddings | 2147483647 | max_position_embeddings: expected at most 5592405",
        "hidden_size | \"x\" | hidden_size: expected a positive whole number, got \"x\"",
        "rope_theta | -1 | rope_theta: expected a positive number, got -1"
      })
  void anUnsupportedOptionIsRefusedByName(String key, String value, String expected)
      throws IOException {
    ObjectNode config = checkpoint.config();
    config.set(key, JSON.readTree(value));
    JSON.writeValue(directory.resolve("config.json").toFile(), config);
    assertRefused("config.json: " + expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "tokenizer.json"})
  void aMissingFileIsNamed(String name) throws IOException {
    Files.delete(directory.resolve(name));
    assertRefused(name + ": expected a file, found none");
  }

  @Test
  void missingWeightsAreNamed() throws IOException {
    Files.delete(directory.resolve("model.safetensors"));
    assertRefused("expected model.safetensors or model.safetensors.index.json, found neither");
  }

  @Test
  void aMissingShardIsNamed() throws IOException {
    Path sharded = directory.resolve("sharded");
    checkpoint.writeSharded(sharded, TensorType.F32);
    Files.delete(sharded.resolve("model-00002-of-00002.safetensors"));
    assertThatThrownBy(() -> load(sharded))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining("model-00002-of-00002.safetensors");
  }

  @Test
  void aMissingTensorIsNamedWithItsShape() throws IOException {
    rewrite(tensors -> tensors.remove(QUERY));
    assertRefused(
        "model.safetensors: expected tensor \"" + QUERY + "\" of shape [24, 16], found none");
  }

  @Test
  void aWrongShapeIsNamedWithTheExpectedOne() throws IOException {
    rewrite(tensors -> tensors.put(QUERY, new Tensor(new long[] {16, 8}, new float[128])));
    assertRefused("tensor \"" + QUERY + "\": expected shape [24, 16], got [16, 8]");
  }

  @Test
  void aTensorThatTheModelHasNoUseForIsRefused() throws IOException {
    String bias = "model.layers.0.self_attn.q_proj.bias";
    rewrite(tensors -> tensors.put(bias, new Tensor(new long[] {16}, new float[16])));
    assertRefused(bias);
  }

  @Test
  void aWrongElementTypeIsNamed() throws IOException {
    Path file = directory.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    byte[] type = "\"F32\"".getBytes(StandardCharsets.UTF_8);
    int at = indexOf(bytes, type);
    System.arraycopy("\"I64\"".getBytes(StandardCharsets.UTF_8), 0, bytes, at, type.length);
    Files.write(file, bytes);
    assertRefused("model.safetensors: tensor \"");
    assertRefused("expected dtype F32, F16 or BF16, got I64");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 'expected a safetensors file of at least 8 bytes, got 0'",
    "7, 'expected a safetensors file of at least 8 bytes, got 7'",
    "8, the file is truncated or no safetensors file",
    "100, the file is truncated or no safetensors file",
    "3000, the file is truncated",
    "20000, bytes of tensor data"
  })
  void aTruncatedFileIsRefused(int length, String expected) throws IOException {
    Path file = directory.resolve("model.safetensors");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));
    assertRefused("model.safetensors: ");
    assertRefused(expected);
  }

  @Test
  void anyDamageToTheHeaderIsRefusedOrHarmless() throws IOException {
    Path file = directory.resolve("model.safetensors");
    byte[] sound = Files.readAllBytes(file);
    Random random = new Random(11);
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] damaged = sound.clone();
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        damaged[random.nextInt(600)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try {
        load(directory);
      } catch (InvalidCheckpointException e) {
        refused++;
        assertThat(e.getMessage()).contains("model.safetensors");
      }
    }
    assertThat(refused).isGreaterThan(200);
  }

  private interface Change {
    void apply(Map<String, Tensor> tensors);
  }

  private void rewrite(Change change) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>(checkpoint.tensors());
    change.apply(tensors);
    SafetensorsWriter.write(directory.resolve("model.safetensors"), TensorType.F32, tensors);
  }

  private void assertRefused(String expected) {
    assertThatThrownBy(() -> load(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }

  private static void load(Path directory) {
    LanguageModel.load(LanguageModel.Source.of(directory)).close();
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i <= bytes.length - wanted.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }
}
