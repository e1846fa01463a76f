package io.layerwatch.instrumentation.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.RandomCheckpoint;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.naive.FamilyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which type a model computes in, and what half precision does to it. */
class ComputeTypeTest {

  private static final int[] TOKENS = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 22};

  @TempDir private Path directory;

  /** Half precision has 11 bits: logits of a few units come out within hundredths. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "mistral",
        "qwen2",
        "qwen3",
        "gemma",
        "gemma2",
        "gemma3_text",
        "gpt2",
        "gpt_neox"
      })
  void everyFamilyRunsInHalfPrecision(String family) throws IOException {
    RandomCheckpoint checkpoint = FamilyCheckpoint.of(FamilyCheckpoint.config(family, "{}"), 5);
    double[][] expected = FamilyCheckpoint.naive(checkpoint).run(Set.of(), TOKENS).logits();
    checkpoint.write(directory, TensorType.BF16);
    try (LanguageModel model = load(ComputeType.FLOAT16);
        NDManager scope = model.newScope();
        SequenceCache cache = model.decoder().newCache(scope)) {
      Decoder decoder = model.decoder();
      NDArray prompt = scope.create(Arrays.copyOf(TOKENS, 9), new Shape(1, 9));
      Pass prefill = decoder.forward(scope, prompt, Optional.of(cache));
      assertThat(prefill.states()).allMatch(x -> x.getDataType() == DataType.FLOAT16);
      assertClose(decoder.logits(scope, prefill, 0), Arrays.copyOf(expected, 9));
      for (int i = 9; i < TOKENS.length; i++) {
        NDArray token = scope.create(new int[] {TOKENS[i]}, new Shape(1, 1));
        Pass step = decoder.forward(scope, token, Optional.of(cache));
        assertClose(decoder.logits(scope, step, 0), new double[][] {expected[i]});
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void onACpuItIsSinglePrecisionUnlessSaidOtherwise(TensorType stored) throws IOException {
    FamilyCheckpoint.of(FamilyCheckpoint.config("llama", "{}"), 1).write(directory, stored);
    try (LanguageModel model = load(ComputeType.AUTO);
        NDManager scope = model.newScope()) {
      NDArray token = scope.create(new int[] {1}, new Shape(1, 1));
      assertThat(model.decoder().forward(scope, token, Optional.empty()).last().getDataType())
          .isEqualTo(DataType.FLOAT32);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "AUTO, false, F32",
    "AUTO, true, F16",
    "FLOAT32, true, F32",
    "FLOAT16, false, F16",
    "FLOAT16, true, F16"
  })
  void onAGpuItFollowsTheCheckpointUnlessSaidOtherwise(
      ComputeType type, boolean storedInHalf, TensorType expected) {
    assertThat(type.on(Device.gpu(), storedInHalf)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"65504, false", "65519, false", "65520, true", "-1e6, true", "Infinity, false"})
  void aValueThatHalfPrecisionCannotHoldIsRefusedByTensor(float value, boolean refused)
      throws IOException {
    RandomCheckpoint checkpoint = FamilyCheckpoint.of(FamilyCheckpoint.config("llama", "{}"), 1);
    String name = "model.layers.2.mlp.up_proj.weight";
    checkpoint.tensors().get(name).values()[7] = value;
    Path file = checkpoint.write(directory, TensorType.F32).resolve("model.safetensors");
    load(ComputeType.FLOAT32).close();
    if (refused) {
      assertThatThrownBy(() -> load(ComputeType.FLOAT16))
          .isInstanceOf(InvalidCheckpointException.class)
          .hasMessage(
              file
                  + ": tensor \""
                  + name
                  + "\": expected values up to 65504, which float16 holds, got "
                  + value
                  + "; instrumentation.dtype float32 holds them");
    } else {
      load(ComputeType.FLOAT16).close();
    }
  }

  @Test
  void theRevisionIsThatOfTheCheckpoint() throws IOException {
    FamilyCheckpoint.of(FamilyCheckpoint.config("llama", "{}"), 1).write(directory, TensorType.F16);
    try (LanguageModel single = load(ComputeType.FLOAT32);
        LanguageModel half = load(ComputeType.FLOAT16)) {
      assertThat(half.id()).isEqualTo(single.id());
      assertThat(half.shape()).isEqualTo(single.shape());
    }
  }

  private LanguageModel load(ComputeType type) {
    return LanguageModel.load(LanguageModel.Source.of(directory), ComputeDevice.CPU, type);
  }

  private static void assertClose(NDArray actual, double[][] expected) {
    assertThat(actual.getDataType()).isEqualTo(DataType.FLOAT32);
    float[] values = actual.toFloatArray();
    int width = expected[0].length;
    assertThat(values).hasSize(expected.length * width);
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i]).isCloseTo(expected[i / width][i % width], within(0.03));
    }
  }
}
