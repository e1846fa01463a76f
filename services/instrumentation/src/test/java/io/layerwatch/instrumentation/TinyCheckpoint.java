package io.layerwatch.instrumentation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter.Tensor;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.train.ByteTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A small random Llama checkpoint, its weights exact in every element type. */
public final class TinyCheckpoint {

  public static final int HIDDEN = 16;
  public static final int INNER = 24;
  public static final int LAYERS = 3;
  public static final int HEADS = 4;
  public static final int GROUPS = 2;

  /** Not the hidden size over the heads, so that config.json has to say it. */
  public static final int HEAD_SIZE = 6;

  public static final int VOCABULARY = ByteTokenizer.SIZE;
  public static final int CONTEXT = 48;
  public static final double EPSILON = 1e-5;
  public static final double THETA = 500;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final boolean tied;

  public TinyCheckpoint(long seed, boolean tied) {
    this.tied = tied;
    Random random = new Random(seed);
    draw(random, "model.embed_tokens.weight", VOCABULARY, HIDDEN);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i + ".";
      draw(random, layer + "input_layernorm.weight", HIDDEN);
      draw(random, layer + "self_attn.q_proj.weight", HEADS * HEAD_SIZE, HIDDEN);
      draw(random, layer + "self_attn.k_proj.weight", GROUPS * HEAD_SIZE, HIDDEN);
      draw(random, layer + "self_attn.v_proj.weight", GROUPS * HEAD_SIZE, HIDDEN);
      draw(random, layer + "self_attn.o_proj.weight", HIDDEN, HEADS * HEAD_SIZE);
      draw(random, layer + "post_attention_layernorm.weight", HIDDEN);
      draw(random, layer + "mlp.gate_proj.weight", INNER, HIDDEN);
      draw(random, layer + "mlp.up_proj.weight", INNER, HIDDEN);
      draw(random, layer + "mlp.down_proj.weight", HIDDEN, INNER);
    }
    draw(random, "model.norm.weight", HIDDEN);
    if (!tied) {
      draw(random, "lm_head.weight", VOCABULARY, HIDDEN);
    }
  }

  public Map<String, Tensor> tensors() {
    return tensors;
  }

  public boolean tied() {
    return tied;
  }

  /** Multiples of 1/64 below 2: seven bits at most, which F16 and BF16 hold exactly. */
  private void draw(Random random, String name, long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (random.nextInt(129) - 64) / 64f;
      if (shape.length == 1) {
        values[i] += 1;
      }
    }
    tensors.put(name, new Tensor(shape, values));
  }

  public ObjectNode config() {
    ObjectNode config = JSON.createObjectNode();
    config.putArray("architectures").add("LlamaForCausalLM");
    return config
        .put("model_type", "llama")
        .put("hidden_size", HIDDEN)
        .put("intermediate_size", INNER)
        .put("num_hidden_layers", LAYERS)
        .put("num_attention_heads", HEADS)
        .put("num_key_value_heads", GROUPS)
        .put("head_dim", HEAD_SIZE)
        .put("vocab_size", VOCABULARY)
        .put("max_position_embeddings", CONTEXT)
        .put("rms_norm_eps", EPSILON)
        .put("rope_theta", THETA)
        .put("hidden_act", "silu")
        .put("tie_word_embeddings", tied)
        .put("eos_token_id", ByteTokenizer.END);
  }

  /** Writes a model directory with one weights file. */
  public Path write(Path directory, TensorType type) throws IOException {
    return files().write(directory, type);
  }

  /** Writes a model directory whose weights are spread over two files. */
  public Path writeSharded(Path directory, TensorType type) throws IOException {
    return files().writeSharded(directory, type);
  }

  private RandomCheckpoint files() {
    RandomCheckpoint files = new RandomCheckpoint(config(), 0);
    files.tensors().putAll(tensors);
    return files;
  }
}
