package io.layerwatch.instrumentation.naive;

import io.layerwatch.instrumentation.RandomCheckpoint;

/** GPT-NeoX, parallel and sequential. */
public final class NaiveNeox extends NaiveDecoder {

  private final int heads;
  private final int size;
  private final double epsilon;

  public NaiveNeox(RandomCheckpoint checkpoint) {
    super(checkpoint);
    heads = config.path("num_attention_heads").asInt();
    size = config.path("hidden_size").asInt() / heads;
    epsilon = config.path("layer_norm_eps").asDouble();
  }

  @Override
  int layers() {
    return config.path("num_hidden_layers").asInt();
  }

  @Override
  double[] embed(int token, int position) {
    return row("gpt_neox.embed_in.weight", token);
  }

  @Override
  double[][] block(int layer, double[][] x) {
    String part = "gpt_neox.layers." + layer + ".";
    int turning = (int) (size * config.path("rotary_pct").asDouble());
    double theta = config.path("rotary_emb_base").asDouble();
    double[][] queries = new double[x.length][];
    double[][] keys = new double[x.length][];
    double[][] values = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] all =
          linear(
              part + "attention.query_key_value",
              layerNorm(part + "input_layernorm", x[t], epsilon));
      queries[t] = turn(third(all, 0), size, turning, t, theta, frequency -> frequency);
      keys[t] = turn(third(all, 1), size, turning, t, theta, frequency -> frequency);
      values[t] = third(all, 2);
    }
    double[][] output = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] mixed =
          linear(
              part + "attention.dense",
              attend(Sight.plain(heads, heads, size), queries[t], keys, values, t));
      boolean parallel = config.path("use_parallel_residual").asBoolean(true);
      double[] read = parallel ? x[t] : sum(x[t], mixed);
      double[] inner =
          linear(
              part + "mlp.dense_h_to_4h",
              layerNorm(part + "post_attention_layernorm", read, epsilon));
      for (int i = 0; i < inner.length; i++) {
        inner[i] = activation(config.path("hidden_act").asText(), inner[i]);
      }
      output[t] = sum(x[t], mixed, linear(part + "mlp.dense_4h_to_h", inner));
    }
    return output;
  }

  /** Each head's query, key and value follow one another. */
  private double[] third(double[] all, int index) {
    double[] part = new double[heads * size];
    for (int head = 0; head < heads; head++) {
      for (int i = 0; i < size; i++) {
        part[head * size + i] = all[head * 3 * size + index * size + i];
      }
    }
    return part;
  }

  @Override
  double[] logits(double[] x) {
    boolean tied = config.path("tie_word_embeddings").asBoolean(false);
    return linear(
        tied ? "gpt_neox.embed_in" : "embed_out",
        layerNorm("gpt_neox.final_layer_norm", x, epsilon));
  }
}
