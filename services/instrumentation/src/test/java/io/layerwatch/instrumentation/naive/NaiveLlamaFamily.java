package io.layerwatch.instrumentation.naive;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.instrumentation.RandomCheckpoint;

/** Llama, Mistral, Qwen2 and Qwen3, by what config.json says and which tensors there are. */
public final class NaiveLlamaFamily extends NaiveDecoder {

  private final int heads;
  private final int groups;
  private final int size;
  private final double epsilon;

  public NaiveLlamaFamily(RandomCheckpoint checkpoint) {
    super(checkpoint);
    heads = config.path("num_attention_heads").asInt();
    groups = config.path("num_key_value_heads").asInt(heads);
    size = config.path("head_dim").asInt(config.path("hidden_size").asInt() / heads);
    epsilon = config.path("rms_norm_eps").asDouble();
  }

  @Override
  int layers() {
    return config.path("num_hidden_layers").asInt();
  }

  @Override
  double[] embed(int token, int position) {
    return row("model.embed_tokens.weight", token);
  }

  @Override
  double[][] block(int layer, double[][] x) {
    String prefix = "model.layers." + layer + ".";
    double[][] queries = new double[x.length][];
    double[][] keys = new double[x.length][];
    double[][] values = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] read = norm(prefix + "input_layernorm", x[t]);
      queries[t] = position(heads(prefix + "self_attn.q", read), t);
      keys[t] = position(heads(prefix + "self_attn.k", read), t);
      values[t] = linear(prefix + "self_attn.v_proj", read);
    }
    double[][] output = new double[x.length][];
    Sight sight = Sight.plain(heads, groups, size).within(window(layer));
    for (int t = 0; t < x.length; t++) {
      double[] mixed = attend(sight, queries[t], keys, values, t);
      double[] attended = sum(x[t], linear(prefix + "self_attn.o_proj", mixed));
      double[] read = norm(prefix + "post_attention_layernorm", attended);
      double[] gate = linear(prefix + "mlp.gate_proj", read);
      double[] up = linear(prefix + "mlp.up_proj", read);
      for (int i = 0; i < up.length; i++) {
        up[i] *= activation(config.path("hidden_act").asText(), gate[i]);
      }
      output[t] = sum(attended, linear(prefix + "mlp.down_proj", up));
    }
    return output;
  }

  private int window(int layer) {
    String type = config.path("model_type").asText();
    JsonNode window = config.path("sliding_window");
    boolean slides = type.equals("mistral") && window.isNumber();
    if (type.startsWith("qwen") && config.path("use_sliding_window").asBoolean()) {
      slides =
          config.has("layer_types")
              ? config.path("layer_types").get(layer).asText().equals("sliding_attention")
              : layer >= config.path("max_window_layers").asInt();
    }
    return slides ? window.asInt() : Integer.MAX_VALUE;
  }

  private double[] heads(String part, double[] read) {
    double[] all = linear(part + "_proj", read);
    if (has(part + "_norm.weight")) {
      for (int start = 0; start < all.length; start += size) {
        double[] head = java.util.Arrays.copyOfRange(all, start, start + size);
        double[] normed = rms(head, vector(part + "_norm.weight"), 0, epsilon);
        System.arraycopy(normed, 0, all, start, size);
      }
    }
    return all;
  }

  private double[] position(double[] x, int t) {
    JsonNode scaling = config.path("rope_parameters");
    if (scaling.isMissingNode()) {
      scaling = config.path("rope_scaling");
    }
    JsonNode used = scaling;
    double theta = used.path("rope_theta").asDouble(config.path("rope_theta").asDouble(10_000));
    return turn(x, size, size, t, theta, frequency -> pace(used, frequency));
  }

  /** By wavelengths, as the authors of Llama 3.1 wrote it. */
  static double pace(JsonNode scaling, double frequency) {
    double factor = scaling.path("factor").asDouble();
    return switch (scaling.path("rope_type").asText(scaling.path("type").asText("default"))) {
      case "linear" -> frequency / factor;
      case "llama3" -> llama3(scaling, frequency, factor);
      default -> frequency;
    };
  }

  private static double llama3(JsonNode scaling, double frequency, double factor) {
    double wavelength = 2 * Math.PI / frequency;
    double context = scaling.path("original_max_position_embeddings").asDouble();
    double low = scaling.path("low_freq_factor").asDouble();
    double high = scaling.path("high_freq_factor").asDouble();
    if (wavelength < context / high) {
      return frequency;
    }
    if (wavelength > context / low) {
      return frequency / factor;
    }
    double smooth = (context / wavelength - low) / (high - low);
    return (1 - smooth) * frequency / factor + smooth * frequency;
  }

  private double[] norm(String part, double[] x) {
    return rms(x, vector(part + ".weight"), 0, epsilon);
  }

  @Override
  double[] logits(double[] x) {
    boolean tied = config.path("tie_word_embeddings").asBoolean();
    return linear(tied ? "model.embed_tokens" : "lm_head", norm("model.norm", x));
  }
}
