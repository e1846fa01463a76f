package io.layerwatch.benchmarks.overhead;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter;
import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter.Tensor;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.model.LlamaWeights;
import io.layerwatch.instrumentation.train.ByteTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A Llama checkpoint of a given shape with random weights: what a forward pass costs depends on the
 * shape alone.
 *
 * @param layers decoder blocks
 * @param hidden width
 * @param inner width of the feed-forward
 * @param heads query heads
 * @param groups key and value heads
 * @param vocabulary tokens
 */
record RandomCheckpoint(int layers, int hidden, int inner, int heads, int groups, int vocabulary) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CONTEXT = 1024;

  /** Of the shape {@code 12x288} or {@code 30x576}, as two families of small models have it. */
  static RandomCheckpoint ofShape(String shape) {
    return switch (shape) {
      case "12x288" -> new RandomCheckpoint(12, 288, 768, 6, 6, 32_000);
      case "30x576" -> new RandomCheckpoint(30, 576, 1536, 9, 3, 49_152);
      default ->
          throw new IllegalArgumentException(
              "--shape: expected 12x288 or 30x576, got \"" + shape + "\"");
    };
  }

  /** Writes the model directory, a file for each layer, so that one is in memory at a time. */
  void write(Path directory) throws IOException {
    ObjectNode index = JSON.createObjectNode();
    ObjectNode files = index.putObject("weight_map");
    SplittableRandom random = new SplittableRandom(1);
    Map<String, Tensor> rest = new LinkedHashMap<>();
    rest.put(LlamaWeights.EMBEDDING, normal(random, vocabulary, hidden));
    rest.put(LlamaWeights.FINAL_NORM, ones(hidden));
    write(directory, "model-rest.safetensors", rest, files);
    int keys = hidden / heads * groups;
    for (int i = 0; i < layers; i++) {
      Map<String, Tensor> layer = new LinkedHashMap<>();
      layer.put(weight(i, "input_layernorm"), ones(hidden));
      layer.put(weight(i, "post_attention_layernorm"), ones(hidden));
      layer.put(weight(i, "self_attn.q_proj"), normal(random, hidden, hidden));
      layer.put(weight(i, "self_attn.k_proj"), normal(random, keys, hidden));
      layer.put(weight(i, "self_attn.v_proj"), normal(random, keys, hidden));
      layer.put(weight(i, "self_attn.o_proj"), normal(random, hidden, hidden));
      layer.put(weight(i, "mlp.gate_proj"), normal(random, inner, hidden));
      layer.put(weight(i, "mlp.up_proj"), normal(random, inner, hidden));
      layer.put(weight(i, "mlp.down_proj"), normal(random, hidden, inner));
      write(directory, "model-" + i + ".safetensors", layer, files);
    }
    JSON.writeValue(directory.resolve("model.safetensors.index.json").toFile(), index);
    JSON.writeValue(directory.resolve("config.json").toFile(), config());
    ByteTokenizer.write(directory.resolve("tokenizer.json"));
  }

  private static String weight(int layer, String part) {
    return LlamaWeights.blockPart(layer, part) + ".weight";
  }

  private static void write(
      Path directory, String file, Map<String, Tensor> tensors, ObjectNode files)
      throws IOException {
    SafetensorsWriter.write(directory.resolve(file), TensorType.F16, tensors);
    tensors.keySet().forEach(name -> files.put(name, file));
  }

  private ObjectNode config() {
    ObjectNode config = JSON.createObjectNode();
    config.putArray("architectures").add("LlamaForCausalLM");
    return config
        .put("model_type", "llama")
        .put("hidden_size", hidden)
        .put("intermediate_size", inner)
        .put("num_hidden_layers", layers)
        .put("num_attention_heads", heads)
        .put("num_key_value_heads", groups)
        .put("vocab_size", vocabulary)
        .put("max_position_embeddings", CONTEXT)
        .put("rms_norm_eps", 1e-5)
        .put("rope_theta", 10_000)
        .put("hidden_act", "silu")
        .put("tie_word_embeddings", true);
  }

  private static Tensor normal(SplittableRandom random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      // Three uniform numbers are normal enough here, and quick.
      values[i] =
          (float) (0.04 * (random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5));
    }
    return new Tensor(new long[] {rows, columns}, values);
  }

  private static Tensor ones(int size) {
    float[] values = new float[size];
    Arrays.fill(values, 1);
    return new Tensor(new long[] {size}, values);
  }
}
