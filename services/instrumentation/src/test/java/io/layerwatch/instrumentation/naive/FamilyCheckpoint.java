package io.layerwatch.instrumentation.naive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.RandomCheckpoint;

/** Small random checkpoints of every family, and the forward pass to hold each against. */
public final class FamilyCheckpoint {

  public static final int VOCABULARY = 23;

  /** Tokens of a sequence at most. */
  public static final int CONTEXT = 32;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HIDDEN = 12;
  private static final int INNER = 20;
  private static final int LAYERS = 3;

  private FamilyCheckpoint() {}

  /** A family's config.json with options replaced or added, given as a JSON object. */
  public static ObjectNode config(String modelType, String changes) {
    ObjectNode config =
        switch (modelType) {
          case "gpt2" -> gpt2();
          case "gpt_neox" -> neox();
          default -> llamaLike(modelType);
        };
    try {
      config.setAll((ObjectNode) JSON.readTree(changes));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(changes, e);
    }
    return config;
  }

  private static ObjectNode base(String modelType, String architecture) {
    ObjectNode config = JSON.createObjectNode().put("model_type", modelType);
    config.putArray("architectures").add(architecture);
    return config.put("vocab_size", VOCABULARY).put("torch_dtype", "bfloat16");
  }

  private static ObjectNode llamaLike(String modelType) {
    String architecture =
        switch (modelType) {
          case "llama" -> "LlamaForCausalLM";
          case "mistral" -> "MistralForCausalLM";
          case "qwen2" -> "Qwen2ForCausalLM";
          case "qwen3" -> "Qwen3ForCausalLM";
          case "gemma" -> "GemmaForCausalLM";
          case "gemma2" -> "Gemma2ForCausalLM";
          case "gemma3_text" -> "Gemma3ForCausalLM";
          default -> throw new IllegalArgumentException(modelType);
        };
    ObjectNode config =
        base(modelType, architecture)
            .put("hidden_size", HIDDEN)
            .put("intermediate_size", INNER)
            .put("num_hidden_layers", LAYERS)
            .put("num_attention_heads", 4)
            .put("num_key_value_heads", 2)
            .put("head_dim", 4)
            .put("max_position_embeddings", CONTEXT)
            .put("rms_norm_eps", 1e-5)
            .put("rope_theta", 300.0)
            .put("attention_dropout", 0.1);
    if (modelType.startsWith("gemma")) {
      config.put("hidden_activation", "gelu_pytorch_tanh").put("hidden_act", "gelu");
    } else {
      config.put("hidden_act", "silu").put("tie_word_embeddings", false);
    }
    switch (modelType) {
      case "mistral" -> config.put("sliding_window", 4);
      case "qwen2", "qwen3" ->
          config
              .put("use_sliding_window", false)
              .put("sliding_window", 4)
              .put("max_window_layers", 1);
      case "gemma2" ->
          config
              .put("sliding_window", 4)
              .put("query_pre_attn_scalar", 6)
              .put("attn_logit_softcapping", 1.5)
              .put("final_logit_softcapping", 2.0);
      case "gemma3_text" ->
          config
              .put("sliding_window", 4)
              .put("sliding_window_pattern", 2)
              .put("query_pre_attn_scalar", 6)
              .put("rope_local_base_freq", 50.0);
      default -> {}
    }
    return config;
  }

  private static ObjectNode gpt2() {
    return base("gpt2", "GPT2LMHeadModel")
        .put("n_embd", HIDDEN)
        .put("n_layer", LAYERS)
        .put("n_head", 3)
        .put("n_positions", CONTEXT)
        .put("n_ctx", CONTEXT)
        .put("activation_function", "gelu_new")
        .put("layer_norm_epsilon", 1e-5)
        .put("attn_pdrop", 0.1);
  }

  private static ObjectNode neox() {
    return base("gpt_neox", "GPTNeoXForCausalLM")
        .put("hidden_size", 16)
        .put("intermediate_size", INNER)
        .put("num_hidden_layers", LAYERS)
        .put("num_attention_heads", 2)
        .put("max_position_embeddings", CONTEXT)
        .put("hidden_act", "gelu")
        .put("layer_norm_eps", 1e-5)
        .put("rotary_pct", 0.5)
        .put("rotary_emb_base", 300)
        .put("use_parallel_residual", true)
        .put("tie_word_embeddings", false);
  }

  /** Random weights for a config. */
  public static RandomCheckpoint of(ObjectNode config, long seed) {
    RandomCheckpoint checkpoint = new RandomCheckpoint(config, seed);
    switch (config.path("model_type").asText()) {
      case "gpt2" -> drawGpt2(checkpoint, "transformer.");
      case "gpt_neox" -> drawNeox(checkpoint);
      default -> drawLlamaLike(checkpoint);
    }
    return checkpoint;
  }

  /** Three, unless the config says otherwise. */
  private static int layers(ObjectNode config) {
    return config.path(config.has("n_layer") ? "n_layer" : "num_hidden_layers").asInt();
  }

  private static void drawLlamaLike(RandomCheckpoint checkpoint) {
    ObjectNode config = checkpoint.config();
    String type = config.path("model_type").asText();
    boolean gemma = type.startsWith("gemma");
    int middle = gemma ? 0 : 1;
    long size = config.path("head_dim").asLong();
    long queries = config.path("num_attention_heads").asLong() * size;
    long keys = config.path("num_key_value_heads").asLong() * size;
    boolean bias = config.path("attention_bias").asBoolean();
    boolean inputBias = bias || type.equals("qwen2");
    boolean innerBias = config.path("mlp_bias").asBoolean();
    checkpoint.matrix("model.embed_tokens.weight", VOCABULARY, HIDDEN);
    for (int i = 0; i < layers(config); i++) {
      String layer = "model.layers." + i + ".";
      checkpoint.vector(layer + "input_layernorm.weight", HIDDEN, middle);
      linear(checkpoint, layer + "self_attn.q_proj", queries, HIDDEN, inputBias);
      linear(checkpoint, layer + "self_attn.k_proj", keys, HIDDEN, inputBias);
      linear(checkpoint, layer + "self_attn.v_proj", keys, HIDDEN, inputBias);
      linear(checkpoint, layer + "self_attn.o_proj", HIDDEN, queries, bias);
      if (type.equals("qwen3") || type.equals("gemma3_text")) {
        checkpoint.vector(layer + "self_attn.q_norm.weight", size, middle);
        checkpoint.vector(layer + "self_attn.k_norm.weight", size, middle);
      }
      checkpoint.vector(layer + "post_attention_layernorm.weight", HIDDEN, middle);
      if (gemma && !type.equals("gemma")) {
        checkpoint.vector(layer + "pre_feedforward_layernorm.weight", HIDDEN, middle);
        checkpoint.vector(layer + "post_feedforward_layernorm.weight", HIDDEN, middle);
      }
      linear(checkpoint, layer + "mlp.gate_proj", INNER, HIDDEN, innerBias);
      linear(checkpoint, layer + "mlp.up_proj", INNER, HIDDEN, innerBias);
      linear(checkpoint, layer + "mlp.down_proj", HIDDEN, INNER, innerBias);
    }
    checkpoint.vector("model.norm.weight", HIDDEN, middle);
    if (!config.path("tie_word_embeddings").asBoolean(gemma)) {
      checkpoint.matrix("lm_head.weight", VOCABULARY, HIDDEN);
    }
  }

  private static void linear(
      RandomCheckpoint checkpoint, String part, long out, long in, boolean bias) {
    checkpoint.matrix(part + ".weight", out, in);
    if (bias) {
      checkpoint.vector(part + ".bias", out, 0);
    }
  }

  private static void norm(RandomCheckpoint checkpoint, String part, long size) {
    checkpoint.vector(part + ".weight", size, 1);
    checkpoint.vector(part + ".bias", size, 0);
  }

  /** GPT-2's tensors, under names with that prefix. */
  public static void drawGpt2(RandomCheckpoint checkpoint, String prefix) {
    ObjectNode config = checkpoint.config();
    long inner = config.path("n_inner").asLong(4 * HIDDEN);
    checkpoint.matrix(prefix + "wte.weight", VOCABULARY, HIDDEN);
    checkpoint.matrix(prefix + "wpe.weight", CONTEXT, HIDDEN);
    for (int i = 0; i < layers(config); i++) {
      String layer = prefix + "h." + i + ".";
      norm(checkpoint, layer + "ln_1", HIDDEN);
      turned(checkpoint, layer + "attn.c_attn", HIDDEN, 3 * HIDDEN);
      turned(checkpoint, layer + "attn.c_proj", HIDDEN, HIDDEN);
      norm(checkpoint, layer + "ln_2", HIDDEN);
      turned(checkpoint, layer + "mlp.c_fc", HIDDEN, inner);
      turned(checkpoint, layer + "mlp.c_proj", inner, HIDDEN);
    }
    norm(checkpoint, prefix + "ln_f", HIDDEN);
    if (!config.path("tie_word_embeddings").asBoolean(true)) {
      checkpoint.matrix("lm_head.weight", VOCABULARY, HIDDEN);
    }
  }

  private static void turned(RandomCheckpoint checkpoint, String part, long in, long out) {
    checkpoint.matrix(part + ".weight", in, out);
    checkpoint.vector(part + ".bias", out, 0);
  }

  private static void drawNeox(RandomCheckpoint checkpoint) {
    ObjectNode config = checkpoint.config();
    long hidden = config.path("hidden_size").asLong();
    boolean bias = config.path("attention_bias").asBoolean(true);
    checkpoint.matrix("gpt_neox.embed_in.weight", VOCABULARY, hidden);
    for (int i = 0; i < layers(config); i++) {
      String layer = "gpt_neox.layers." + i + ".";
      norm(checkpoint, layer + "input_layernorm", hidden);
      linear(checkpoint, layer + "attention.query_key_value", 3 * hidden, hidden, bias);
      linear(checkpoint, layer + "attention.dense", hidden, hidden, bias);
      norm(checkpoint, layer + "post_attention_layernorm", hidden);
      linear(checkpoint, layer + "mlp.dense_h_to_4h", INNER, hidden, true);
      linear(checkpoint, layer + "mlp.dense_4h_to_h", hidden, INNER, true);
    }
    norm(checkpoint, "gpt_neox.final_layer_norm", hidden);
    if (!config.path("tie_word_embeddings").asBoolean(false)) {
      checkpoint.matrix("embed_out.weight", VOCABULARY, hidden);
    }
  }

  /** The independent forward pass of a checkpoint. */
  public static NaiveDecoder naive(RandomCheckpoint checkpoint) {
    String type = checkpoint.config().path("model_type").asText();
    return switch (type) {
      case "gpt2" -> new NaiveGpt2(checkpoint);
      case "gpt_neox" -> new NaiveNeox(checkpoint);
      default ->
          type.startsWith("gemma") ? new NaiveGemma(checkpoint) : new NaiveLlamaFamily(checkpoint);
    };
  }
}
