package io.layerwatch.instrumentation.naive;

import io.layerwatch.instrumentation.RandomCheckpoint;
import java.util.Arrays;

/** GPT-2, with or without the prefix of its tensors' names. */
public final class NaiveGpt2 extends NaiveDecoder {

  private final String prefix;
  private final int hidden;
  private final double epsilon;

  public NaiveGpt2(RandomCheckpoint checkpoint) {
    super(checkpoint);
    prefix = has("wte.weight") ? "" : "transformer.";
    hidden = config.path("n_embd").asInt();
    epsilon = config.path("layer_norm_epsilon").asDouble();
  }

  @Override
  int layers() {
    return config.path("n_layer").asInt();
  }

  @Override
  double[] embed(int token, int position) {
    return sum(row(prefix + "wte.weight", token), row(prefix + "wpe.weight", position));
  }

  @Override
  double[][] block(int layer, double[][] x) {
    String part = prefix + "h." + layer + ".";
    double[][] queries = new double[x.length][];
    double[][] keys = new double[x.length][];
    double[][] values = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] all = turned(part + "attn.c_attn", layerNorm(part + "ln_1", x[t], epsilon));
      queries[t] = Arrays.copyOfRange(all, 0, hidden);
      keys[t] = Arrays.copyOfRange(all, hidden, 2 * hidden);
      values[t] = Arrays.copyOfRange(all, 2 * hidden, 3 * hidden);
    }
    int heads = config.path("n_head").asInt();
    Sight sight = Sight.plain(heads, heads, hidden / heads);
    double[][] output = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] mixed = attend(sight, queries[t], keys, values, t);
      double[] attended = sum(x[t], turned(part + "attn.c_proj", mixed));
      double[] inner = turned(part + "mlp.c_fc", layerNorm(part + "ln_2", attended, epsilon));
      for (int i = 0; i < inner.length; i++) {
        inner[i] = activation(config.path("activation_function").asText(), inner[i]);
      }
      output[t] = sum(attended, turned(part + "mlp.c_proj", inner));
    }
    return output;
  }

  @Override
  double[] logits(double[] x) {
    boolean tied = config.path("tie_word_embeddings").asBoolean(true);
    return linear(tied ? prefix + "wte" : "lm_head", layerNorm(prefix + "ln_f", x, epsilon));
  }
}
