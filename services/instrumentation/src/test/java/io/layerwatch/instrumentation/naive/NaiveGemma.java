package io.layerwatch.instrumentation.naive;

import io.layerwatch.instrumentation.RandomCheckpoint;
import java.util.Arrays;

/** The three Gemmas, by their model type. */
public final class NaiveGemma extends NaiveDecoder {

  private final int heads;
  private final int groups;
  private final int size;
  private final int generation;

  public NaiveGemma(RandomCheckpoint checkpoint) {
    super(checkpoint);
    heads = config.path("num_attention_heads").asInt();
    groups = config.path("num_key_value_heads").asInt();
    size = config.path("head_dim").asInt();
    generation =
        switch (config.path("model_type").asText()) {
          case "gemma" -> 1;
          case "gemma2" -> 2;
          default -> 3;
        };
  }

  @Override
  int layers() {
    return config.path("num_hidden_layers").asInt();
  }

  @Override
  double[] embed(int token, int position) {
    double[] x = row("model.embed_tokens.weight", token);
    for (int i = 0; i < x.length; i++) {
      x[i] *= Math.sqrt(config.path("hidden_size").asInt());
    }
    return x;
  }

  private boolean slides(int layer) {
    if (generation == 1) {
      return false;
    }
    if (config.has("layer_types")) {
      return config.path("layer_types").get(layer).asText().startsWith("sliding");
    }
    // The second: every other layer, the first included; the third: all but each sixth, say.
    int pattern = generation == 2 ? 2 : config.path("sliding_window_pattern").asInt();
    return layer % pattern != pattern - 1;
  }

  @Override
  double[][] block(int layer, double[][] x) {
    String prefix = "model.layers." + layer + ".";
    double[][] queries = new double[x.length][];
    double[][] keys = new double[x.length][];
    double[][] values = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] read = norm(prefix + "input_layernorm", x[t]);
      queries[t] = position(heads(prefix + "self_attn.q", read), t, layer);
      keys[t] = position(heads(prefix + "self_attn.k", read), t, layer);
      values[t] = linear(prefix + "self_attn.v_proj", read);
    }
    double scalar = generation == 1 ? size : config.path("query_pre_attn_scalar").asDouble();
    Sight sight =
        new Sight(
            heads,
            groups,
            size,
            1 / Math.sqrt(scalar),
            slides(layer) ? config.path("sliding_window").asInt() : Integer.MAX_VALUE,
            config.path("attn_logit_softcapping").asDouble(0));
    double[][] output = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] mixed =
          linear(prefix + "self_attn.o_proj", attend(sight, queries[t], keys, values, t));
      double[] attended;
      if (generation == 1) {
        attended = sum(x[t], mixed);
        output[t] =
            sum(attended, feed(prefix, norm(prefix + "post_attention_layernorm", attended)));
      } else {
        attended = sum(x[t], norm(prefix + "post_attention_layernorm", mixed));
        double[] fed = feed(prefix, norm(prefix + "pre_feedforward_layernorm", attended));
        output[t] = sum(attended, norm(prefix + "post_feedforward_layernorm", fed));
      }
    }
    return output;
  }

  private double[] feed(String prefix, double[] read) {
    double[] gate = linear(prefix + "mlp.gate_proj", read);
    double[] up = linear(prefix + "mlp.up_proj", read);
    for (int i = 0; i < up.length; i++) {
      up[i] *= activation("gelu_pytorch_tanh", gate[i]);
    }
    return linear(prefix + "mlp.down_proj", up);
  }

  private double[] heads(String part, double[] read) {
    double[] all = linear(part + "_proj", read);
    if (generation == 3) {
      for (int start = 0; start < all.length; start += size) {
        double[] head = Arrays.copyOfRange(all, start, start + size);
        System.arraycopy(norm(part + "_norm", head), 0, all, start, size);
      }
    }
    return all;
  }

  private double[] position(double[] x, int t, int layer) {
    boolean local = generation == 3 && slides(layer);
    double theta = config.path(local ? "rope_local_base_freq" : "rope_theta").asDouble();
    double factor = local ? 1 : config.path("rope_scaling").path("factor").asDouble(1);
    return turn(x, size, size, t, theta, frequency -> frequency / factor);
  }

  private double[] norm(String part, double[] x) {
    return rms(x, vector(part + ".weight"), 1, config.path("rms_norm_eps").asDouble());
  }

  @Override
  double[] logits(double[] x) {
    double[] logits = linear("model.embed_tokens", norm("model.norm", x));
    double cap = config.path("final_logit_softcapping").asDouble(0);
    if (cap > 0) {
      for (int i = 0; i < logits.length; i++) {
        logits[i] = cap * Math.tanh(logits[i] / cap);
      }
    }
    return logits;
  }
}
