package io.layerwatch.instrumentation.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.instrumentation.RandomCheckpoint;
import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter.Tensor;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.naive.FamilyCheckpoint;
import io.layerwatch.instrumentation.naive.NaiveDecoder;
import io.layerwatch.instrumentation.naive.NaiveDecoder.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every family, with its options, against an independent forward pass in double. */
class FamiliesTest {

  /** Longer than twice the window of 4. */
  private static final int[] TOKENS = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 22};

  private static final int[] OTHERS = {2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 0};

  private static final double TOLERANCE = 1e-4;

  @TempDir private Path directory;

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | {} | F32",
        "llama | {'tie_word_embeddings':true,'num_key_value_heads':4} | BF16",
        "llama | {'attention_bias':true,'mlp_bias':true,'num_key_value_heads':1} | F16",
        "llama | {'rope_scaling':{'type':'linear','factor':4.0}} | F32",
        "llama | {'head_dim':8,'rope_scaling':{'rope_type':'llama3','factor':8.0,'low_freq_factor':1.0,"
            + "'high_freq_factor':2.0,'original_max_position_embeddings':40}} | F32",
        "llama | {'rope_parameters':{'rope_type':'default','rope_theta':77.0}} | F32",
        "llama | {'hidden_act':'gelu','hidden_size':12,'pretraining_tp':2} | F32",
        "mistral | {} | BF16",
        "mistral | {'sliding_window':null} | F32",
        "mistral | {'sliding_window':1} | F32",
        "mistral | {'sliding_window':30,'num_key_value_heads':1} | F32",
        "qwen2 | {} | BF16",
        "qwen2 | {'use_sliding_window':true} | F32",
        "qwen2 | {'use_sliding_window':true,'tie_word_embeddings':true,'layer_types':"
            + "['sliding_attention','full_attention','sliding_attention']} | F32",
        "qwen3 | {} | BF16",
        "qwen3 | {'attention_bias':true,'tie_word_embeddings':true,'head_dim':6} | F32",
        "qwen3 | {'use_sliding_window':true,'max_window_layers':2} | F32",
        "gemma | {} | BF16",
        "gemma | {'num_key_value_heads':1,'attention_bias':true,'head_dim':8} | F32",
        "gemma2 | {} | BF16",
        "gemma2 | {'attn_logit_softcapping':null,'final_logit_softcapping':null} | F32",
        "gemma2 | {'layer_types':['full_attention','full_attention','sliding_attention']} | F32",
        "gemma3_text | {} | BF16",
        "gemma3_text | {'rope_scaling':{'rope_type':'linear','factor':8.0},'sliding_window':3} | F32",
        "gpt2 | {} | F32",
        "gpt2 | {'n_inner':20,'activation_function':'gelu','tie_word_embeddings':false} | F16",
        "gpt2 | {'activation_function':'relu','n_head':4} | BF16",
        "gpt_neox | {} | F16",
        "gpt_neox | {'use_parallel_residual':false,'rotary_pct':0.25} | F32",
        "gpt_neox | {'rotary_pct':1.0,'attention_bias':false,'hidden_act':'gelu_new'} | F32",
        "gpt_neox | {'tie_word_embeddings':true,'num_attention_heads':4,'rotary_pct':0.5} | BF16"
      })
  void everyOptionComputesWhatTheIndependentForwardPassDoes(
      String family, String changes, TensorType type) throws IOException {
    ObjectNode config = FamilyCheckpoint.config(family, changes.replace('\'', '"'));
    RandomCheckpoint checkpoint = FamilyCheckpoint.of(config, 5);
    assertEqual(checkpoint, checkpoint.write(directory, type));
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void shardsAreReadAsOne(TensorType type) throws IOException {
    RandomCheckpoint checkpoint = FamilyCheckpoint.of(FamilyCheckpoint.config("gpt2", "{}"), 6);
    assertEqual(checkpoint, checkpoint.writeSharded(directory, type));
  }

  /** As the first checkpoints were stored: no prefix, no head, with their causal masks. */
  @ParameterizedTest
  @CsvSource({"''", "transformer."})
  void gpt2IsReadWithAndWithoutThePrefixOfItsTensors(String prefix) throws IOException {
    ObjectNode config = FamilyCheckpoint.config("gpt2", "{}");
    RandomCheckpoint checkpoint = new RandomCheckpoint(config, 7);
    FamilyCheckpoint.drawGpt2(checkpoint, prefix);
    int unmasked = checkpoint.tensors().size();
    checkpoint.matrix(prefix + "h.0.attn.bias", 1, 1, 4, 4);
    checkpoint.vector(prefix + "h.0.attn.masked_bias", 1, 0);
    Path written = checkpoint.write(directory, TensorType.F32);
    checkpoint
        .tensors()
        .keySet()
        .removeAll(Set.of(prefix + "h.0.attn.bias", prefix + "h.0.attn.masked_bias"));
    assertThat(checkpoint.tensors()).hasSize(unmasked);
    assertEqual(checkpoint, written);
  }

  private static void assertEqual(RandomCheckpoint checkpoint, Path written) {
    NaiveDecoder naive = FamilyCheckpoint.naive(checkpoint);
    try (LanguageModel model =
        LanguageModel.load(LanguageModel.Source.of(written), ComputeDevice.CPU, ComputeType.AUTO)) {
      assertPrefillsOfABatchEqual(model, naive);
      assertDecodingEquals(model, naive);
      assertSkippingEquals(model, naive);
      assertThat(model.shape()).isEqualTo(shapeOf(checkpoint));
    }
  }

  private static void assertPrefillsOfABatchEqual(LanguageModel model, NaiveDecoder naive) {
    Result one = naive.run(Set.of(), TOKENS);
    Result other = naive.run(Set.of(), OTHERS);
    try (NDManager scope = model.newScope()) {
      NDArray ids = ids(scope, TOKENS, OTHERS);
      Pass pass = model.decoder().forward(scope, ids, Optional.empty());
      assertThat(pass.states()).hasSize(one.states().size());
      for (int i = 0; i < one.states().size(); i++) {
        assertClose(pass.states().get(i).get(0), one.states().get(i));
        assertClose(pass.states().get(i).get(1), other.states().get(i));
      }
      NDArray logits = model.decoder().logits(scope, pass, 0);
      assertClose(logits.get(0), one.logits());
      assertClose(logits.get(1), other.logits());
      assertClose(
          model.decoder().logits(scope, pass, 2, 5).get(1),
          Arrays.copyOfRange(other.logits(), 2, 5));
    }
  }

  /** A prompt, several tokens more at once, then one at a time. */
  private static void assertDecodingEquals(LanguageModel model, NaiveDecoder naive) {
    Result one = naive.run(Set.of(), TOKENS);
    Result other = naive.run(Set.of(), OTHERS);
    int[] ends = {3, 6, 7, 8, 9, 10, 11, 12};
    try (NDManager sequence = model.newScope();
        SequenceCache cache = model.decoder().newCache(sequence)) {
      int start = 0;
      for (int end : ends) {
        try (NDManager scope = sequence.newSubManager()) {
          NDArray ids =
              ids(
                  scope,
                  Arrays.copyOfRange(TOKENS, start, end),
                  Arrays.copyOfRange(OTHERS, start, end));
          Pass pass = model.decoder().forward(scope, ids, Optional.of(cache));
          NDArray logits = model.decoder().logits(scope, pass, 0);
          assertClose(logits.get(0), Arrays.copyOfRange(one.logits(), start, end));
          assertClose(logits.get(1), Arrays.copyOfRange(other.logits(), start, end));
          start = end;
        }
      }
      assertThat(cache.length()).isEqualTo(TOKENS.length);
    }
  }

  private static void assertSkippingEquals(LanguageModel model, NaiveDecoder naive) {
    Result expected = naive.run(Set.of(1), TOKENS);
    try (NDManager scope = model.newScope()) {
      Pass pass = model.decoder().forward(scope, ids(scope, TOKENS), Optional.empty(), i -> i == 1);
      assertClose(model.decoder().logits(scope, pass, 0).get(0), expected.logits());
    }
  }

  /** Counted over the tensors of the checkpoint: matrices multiply, embeddings only as heads. */
  private static ModelShape shapeOf(RandomCheckpoint checkpoint) {
    long layer = 0;
    long layerMatrices = 0;
    long model = 0;
    long layers = 0;
    long head = 0;
    for (var tensor : checkpoint.tensors().entrySet()) {
      String name = tensor.getKey();
      Tensor value = tensor.getValue();
      long size = value.values().length;
      model += size;
      if (name.contains(".0.") || name.startsWith("h.0.")) {
        layer += size;
        layerMatrices += value.shape().length == 2 ? size : 0;
      }
      if (name.endsWith("input_layernorm.weight") || name.endsWith("ln_1.weight")) {
        layers++;
      }
      if (name.contains("embed_tokens") || name.contains("wte") || name.contains("embed_in")) {
        head = size;
      }
    }
    return new ModelShape((int) layers, layer, model, layerMatrices, layers * layerMatrices + head);
  }

  private static NDArray ids(NDManager scope, int[]... sequences) {
    int[] flat = Arrays.stream(sequences).flatMapToInt(Arrays::stream).toArray();
    return scope.create(flat, new Shape(sequences.length, sequences[0].length));
  }

  private static void assertClose(NDArray actual, double[][] expected) {
    float[] values = actual.toFloatArray();
    int width = expected[0].length;
    assertThat(values).hasSize(expected.length * width);
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i])
          .as("token %d, unit %d", i / width, i % width)
          .isCloseTo(expected[i / width][i % width], within(TOLERANCE));
    }
  }
}
