package io.layerwatch.instrumentation.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.RandomCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.model.ComputeDevice;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.naive.FamilyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pruned checkpoint computes what the whole model does without these layers, and its tensors are
 * the whole model's, byte by byte.
 */
class PrunedFamiliesTest {

  private static final int LAYERS = 6;

  /** Longer than twice the window of 4. */
  private static final int[] TOKENS = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 22};

  private static final double TOLERANCE = 1e-6;

  private static final List<Set<Integer>> DROPPED =
      List.of(
          Set.of(0), Set.of(5), Set.of(2, 3), Set.of(0, 2, 5), Set.of(1), Set.of(0, 1, 2, 3, 5));

  @TempDir private Path directory;

  @ParameterizedTest(name = "{0} {1} {2} sharded: {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | {} | F32 | false",
        "llama | {'tie_word_embeddings':true,'num_key_value_heads':4} | BF16 | true",
        "llama | {'attention_bias':true,'mlp_bias':true,'num_key_value_heads':1} | F16 | false",
        "llama | {'rope_scaling':{'type':'linear','factor':4.0}} | F32 | true",
        "llama | {'layer_types':['full_attention','full_attention','full_attention',"
            + "'full_attention','full_attention','full_attention']} | F32 | false",
        "mistral | {} | BF16 | false",
        "mistral | {'sliding_window':null} | F32 | true",
        "qwen2 | {} | BF16 | true",
        "qwen2 | {'use_sliding_window':true,'max_window_layers':3} | F32 | false",
        "qwen2 | {'use_sliding_window':true,'max_window_layers':0} | F32 | false",
        "qwen2 | {'use_sliding_window':true,'max_window_layers':28} | F32 | false",
        "qwen2 | {'use_sliding_window':true,'tie_word_embeddings':true,'layer_types':"
            + "['sliding_attention','full_attention','full_attention','sliding_attention',"
            + "'full_attention','sliding_attention']} | F32 | true",
        "qwen3 | {'attention_bias':true,'tie_word_embeddings':true,'head_dim':6} | F32 | false",
        "qwen3 | {'use_sliding_window':true,'max_window_layers':2} | BF16 | true",
        "gemma | {} | BF16 | false",
        "gemma | {'num_key_value_heads':1,'attention_bias':true,'head_dim':8} | F32 | true",
        "gemma2 | {} | BF16 | false",
        "gemma2 | {'layer_types':['full_attention','full_attention','sliding_attention',"
            + "'sliding_attention','sliding_attention','full_attention']} | F32 | true",
        "gemma3_text | {} | BF16 | true",
        "gemma3_text | {'sliding_window_pattern':3} | F32 | false",
        "gemma3_text | {'sliding_window_pattern':null} | F32 | false",
        "gemma3_text | {'rope_scaling':{'rope_type':'linear','factor':8.0}} | F32 | false",
        "gpt2 | {} | F32 | true",
        "gpt2 | {'n_inner':20,'activation_function':'gelu','tie_word_embeddings':false} | F16 | false",
        "gpt_neox | {} | F16 | true",
        "gpt_neox | {'use_parallel_residual':false,'attention_bias':false} | F32 | false",
        "gpt_neox | {'tie_word_embeddings':true,'num_attention_heads':4} | BF16 | false"
      })
  void everyFamilyComputesWhatTheWholeModelDoesWithoutTheLayers(
      String family, String changes, TensorType type, boolean sharded) throws IOException {
    ObjectNode config = FamilyCheckpoint.config(family, changes.replace('\'', '"'));
    config.put(family.equals("gpt2") ? "n_layer" : "num_hidden_layers", LAYERS);
    RandomCheckpoint checkpoint = FamilyCheckpoint.of(config, 5);
    Path whole = directory.resolve("whole");
    assertPrunedEquals(
        sharded ? checkpoint.writeSharded(whole, type) : checkpoint.write(whole, type), DROPPED);
  }

  /** As the first checkpoints of GPT-2 were stored: with and without the prefix, and masks. */
  @ParameterizedTest
  @ValueSource(strings = {"", "transformer."})
  void gpt2sMasksGoWithTheirLayers(String prefix) throws IOException {
    ObjectNode config = FamilyCheckpoint.config("gpt2", layers("gpt2", LAYERS));
    RandomCheckpoint checkpoint = new RandomCheckpoint(config, 7);
    FamilyCheckpoint.drawGpt2(checkpoint, prefix);
    for (int layer = 0; layer < LAYERS; layer++) {
      checkpoint.matrix(prefix + "h." + layer + ".attn.bias", 1, 1, 4, 4);
      checkpoint.vector(prefix + "h." + layer + ".attn.masked_bias", 1, 0);
    }
    assertPrunedEquals(checkpoint.write(directory.resolve("whole"), TensorType.F32), DROPPED);
  }

  /** Ten layers have numbers of one and of two digits. */
  @Test
  void layersOfTwoDigitsAreRenumberedToThoseOfOne() throws IOException {
    ObjectNode config = FamilyCheckpoint.config("llama", layers("llama", 12));
    Path whole = FamilyCheckpoint.of(config, 8).write(directory.resolve("whole"), TensorType.F32);
    assertPrunedEquals(whole, List.of(Set.of(1, 10), Set.of(11), Set.of(0, 1, 2)));
  }

  @Test
  void theDemoModelComputesTheSame() throws IOException {
    assertPrunedEquals(
        Path.of("../standalone/demo/shakespeare-12l").toRealPath(), List.of(Set.of(3, 7)));
  }

  @Test
  void aPretrainedModelComputesTheSame() throws IOException {
    Path model = Path.of("../../../shared/models/stories260k");
    assumeTrue(Files.isDirectory(model), "no " + model + " here: tried with random weights only");
    assertPrunedEquals(model.toRealPath(), List.of(Set.of(0), Set.of(4), Set.of(1, 2)));
  }

  private static String layers(String family, int count) {
    return "{\"" + (family.equals("gpt2") ? "n_layer" : "num_hidden_layers") + "\":" + count + "}";
  }

  private void assertPrunedEquals(Path whole, List<Set<Integer>> sets) throws IOException {
    Map<String, String> tensors = RawTensors.ofDirectory(whole);
    try (LanguageModel model = load(whole)) {
      for (Set<Integer> dropped : sets) {
        Path pruned = directory.resolve("without-" + dropped);
        PrunedCheckpoint.write(whole, dropped, pruned);
        assertThat(RawTensors.ofDirectory(pruned))
            .as("tensors without %s", dropped)
            .isEqualTo(expected(tensors, dropped));
        try (LanguageModel loaded = load(pruned)) {
          assertThat(loaded.config().layerCount())
              .isEqualTo(model.config().layerCount() - dropped.size());
          assertClose(logits(loaded, Set.of()), logits(model, dropped), dropped);
        }
      }
    }
  }

  /** By the number among the parts of the name, whatever the family. */
  private static Map<String, String> expected(Map<String, String> whole, Set<Integer> dropped) {
    Map<String, String> expected = new TreeMap<>();
    whole.forEach(
        (name, value) -> {
          List<String> parts = new ArrayList<>(List.of(name.split("\\.")));
          for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).chars().allMatch(Character::isDigit)) {
              int layer = Integer.parseInt(parts.get(i));
              if (dropped.contains(layer)) {
                return;
              }
              long gone = dropped.stream().filter(other -> other < layer).count();
              parts.set(i, String.valueOf(layer - gone));
            }
          }
          expected.put(String.join(".", parts), value);
        });
    return expected;
  }

  private static LanguageModel load(Path directory) {
    return LanguageModel.load(LanguageModel.Source.of(directory), ComputeDevice.CPU);
  }

  private static float[] logits(LanguageModel model, Set<Integer> skipped) {
    try (NDManager scope = model.newScope()) {
      NDArray ids = scope.create(TOKENS, new Shape(1, TOKENS.length));
      Pass pass = model.decoder().forward(scope, ids, Optional.empty(), skipped::contains);
      return model.decoder().logits(scope, pass, 0).toFloatArray();
    }
  }

  private static void assertClose(float[] actual, float[] expected, Set<Integer> dropped) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i])
          .as("logit %d without %s", i, dropped)
          .isCloseTo(expected[i], within(TOLERANCE));
    }
  }
}
