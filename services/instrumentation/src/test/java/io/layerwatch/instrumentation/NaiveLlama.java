package io.layerwatch.instrumentation;

import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter.Tensor;
import java.util.ArrayList;
import java.util.List;

/** An independent forward pass, in double and in loops, to hold the real one against. */
public final class NaiveLlama {

  private final TinyCheckpoint checkpoint;
  private final double stretch;

  /** The residual stream, [layers + 1][tokens][hidden], and the logits [tokens][vocabulary]. */
  @SuppressWarnings("ArrayRecordComponent") // A test's matrix of numbers.
  public record Result(List<double[][]> states, double[][] logits) {}

  public NaiveLlama(TinyCheckpoint checkpoint) {
    this(checkpoint, 1);
  }

  /** With positions that count 1 ÷ stretch. */
  public NaiveLlama(TinyCheckpoint checkpoint, double stretch) {
    this.checkpoint = checkpoint;
    this.stretch = stretch;
  }

  public Result run(int... tokens) {
    double[][] x = new double[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      x[t] = row("model.embed_tokens.weight", tokens[t]);
    }
    List<double[][]> states = new ArrayList<>();
    states.add(x);
    for (int layer = 0; layer < TinyCheckpoint.LAYERS; layer++) {
      x = block("model.layers." + layer + ".", x);
      states.add(x);
    }
    String head = checkpoint.tied() ? "model.embed_tokens.weight" : "lm_head.weight";
    double[][] logits = new double[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      logits[t] = times(head, norm(x[t], "model.norm.weight"));
    }
    return new Result(states, logits);
  }

  private double[][] block(String layer, double[][] x) {
    int length = x.length;
    double[][] queries = new double[length][];
    double[][] keys = new double[length][];
    double[][] values = new double[length][];
    for (int t = 0; t < length; t++) {
      double[] normed = norm(x[t], layer + "input_layernorm.weight");
      queries[t] = turn(times(layer + "self_attn.q_proj.weight", normed), t);
      keys[t] = turn(times(layer + "self_attn.k_proj.weight", normed), t);
      values[t] = times(layer + "self_attn.v_proj.weight", normed);
    }
    double[][] output = new double[length][];
    for (int t = 0; t < length; t++) {
      double[] mixed = new double[TinyCheckpoint.HEADS * TinyCheckpoint.HEAD_SIZE];
      for (int head = 0; head < TinyCheckpoint.HEADS; head++) {
        attend(mixed, head, queries[t], keys, values, t);
      }
      double[] attended = sum(x[t], times(layer + "self_attn.o_proj.weight", mixed));
      double[] normed = norm(attended, layer + "post_attention_layernorm.weight");
      double[] gate = times(layer + "mlp.gate_proj.weight", normed);
      double[] up = times(layer + "mlp.up_proj.weight", normed);
      for (int i = 0; i < gate.length; i++) {
        gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
      }
      output[t] = sum(attended, times(layer + "mlp.down_proj.weight", gate));
    }
    return output;
  }

  private static void attend(
      double[] mixed, int head, double[] query, double[][] keys, double[][] values, int now) {
    int size = TinyCheckpoint.HEAD_SIZE;
    int group = head / (TinyCheckpoint.HEADS / TinyCheckpoint.GROUPS);
    double[] weights = new double[now + 1];
    double total = 0;
    for (int s = 0; s <= now; s++) {
      double dot = 0;
      for (int i = 0; i < size; i++) {
        dot += query[head * size + i] * keys[s][group * size + i];
      }
      weights[s] = Math.exp(dot / Math.sqrt(size));
      total += weights[s];
    }
    for (int s = 0; s <= now; s++) {
      for (int i = 0; i < size; i++) {
        mixed[head * size + i] += weights[s] / total * values[s][group * size + i];
      }
    }
  }

  private double[] turn(double[] x, int position) {
    int size = TinyCheckpoint.HEAD_SIZE;
    int half = size / 2;
    double[] turned = new double[x.length];
    for (int head = 0; head < x.length / size; head++) {
      for (int i = 0; i < half; i++) {
        double angle = position / stretch / Math.pow(TinyCheckpoint.THETA, 2.0 * i / size);
        double a = x[head * size + i];
        double b = x[head * size + half + i];
        turned[head * size + i] = a * Math.cos(angle) - b * Math.sin(angle);
        turned[head * size + half + i] = b * Math.cos(angle) + a * Math.sin(angle);
      }
    }
    return turned;
  }

  private double[] norm(double[] x, String gain) {
    double square = 0;
    for (double value : x) {
      square += value * value;
    }
    double scale = 1 / Math.sqrt(square / x.length + TinyCheckpoint.EPSILON);
    float[] gains = checkpoint.tensors().get(gain).values();
    double[] normed = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      normed[i] = x[i] * scale * gains[i];
    }
    return normed;
  }

  private double[] times(String weight, double[] x) {
    Tensor matrix = checkpoint.tensors().get(weight);
    int rows = (int) matrix.shape()[0];
    double[] product = new double[rows];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < x.length; i++) {
        product[row] += matrix.values()[row * x.length + i] * x[i];
      }
    }
    return product;
  }

  private double[] row(String weight, int row) {
    Tensor matrix = checkpoint.tensors().get(weight);
    int columns = (int) matrix.shape()[1];
    double[] values = new double[columns];
    for (int i = 0; i < columns; i++) {
      values[i] = matrix.values()[row * columns + i];
    }
    return values;
  }

  private static double[] sum(double[] a, double[] b) {
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }
}
