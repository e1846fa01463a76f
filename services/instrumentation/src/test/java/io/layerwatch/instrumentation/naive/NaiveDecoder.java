package io.layerwatch.instrumentation.naive;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.instrumentation.RandomCheckpoint;
import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/**
 * An independent forward pass, in double and in loops over tokens, to hold the real one against. It
 * shares nothing with it but the files of the checkpoint.
 */
public abstract class NaiveDecoder {

  final JsonNode config;
  private final Map<String, Tensor> tensors;

  /** The residual stream, [layers + 1][tokens][hidden], and the logits [tokens][vocabulary]. */
  @SuppressWarnings("ArrayRecordComponent") // A test's matrix of numbers.
  public record Result(List<double[][]> states, double[][] logits) {}

  /** How one layer's attention sees: heads of queries and keys, scale, window, cap. */
  record Sight(int heads, int groups, int size, double scale, int window, double cap) {

    /** Of the usual scale, over the whole sequence. */
    static Sight plain(int heads, int groups, int size) {
      return new Sight(heads, groups, size, 1 / Math.sqrt(size), Integer.MAX_VALUE, 0);
    }

    Sight within(int tokens) {
      return new Sight(heads, groups, size, scale, tokens, cap);
    }
  }

  NaiveDecoder(RandomCheckpoint checkpoint) {
    this.config = checkpoint.config();
    this.tensors = checkpoint.tensors();
  }

  abstract int layers();

  abstract double[] embed(int token, int position);

  abstract double[][] block(int layer, double[][] x);

  abstract double[] logits(double[] x);

  /** Runs the tokens through all layers but those skipped. */
  public Result run(Set<Integer> skipped, int... tokens) {
    double[][] x = new double[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      x[t] = embed(tokens[t], t);
    }
    List<double[][]> states = new ArrayList<>();
    states.add(x);
    for (int layer = 0; layer < layers(); layer++) {
      if (!skipped.contains(layer)) {
        x = block(layer, x);
      }
      states.add(x);
    }
    double[][] logits = new double[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      logits[t] = logits(x[t]);
    }
    return new Result(states, logits);
  }

  boolean has(String name) {
    return tensors.containsKey(name);
  }

  float[] vector(String name) {
    return tensors.get(name).values();
  }

  double[] row(String name, int row) {
    Tensor matrix = tensors.get(name);
    int columns = (int) matrix.shape()[1];
    double[] values = new double[columns];
    for (int i = 0; i < columns; i++) {
      values[i] = matrix.values()[row * columns + i];
    }
    return values;
  }

  /** A weight stored [out, in], and its bias where the checkpoint has one. */
  double[] linear(String part, double[] x) {
    Tensor matrix = tensors.get(part + ".weight");
    int out = (int) matrix.shape()[0];
    double[] y = new double[out];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += matrix.values()[o * x.length + i] * x[i];
      }
    }
    return withBias(part, y);
  }

  /** A weight stored [in, out]. */
  double[] turned(String part, double[] x) {
    Tensor matrix = tensors.get(part + ".weight");
    int out = (int) matrix.shape()[1];
    double[] y = new double[out];
    for (int i = 0; i < x.length; i++) {
      for (int o = 0; o < out; o++) {
        y[o] += matrix.values()[i * out + o] * x[i];
      }
    }
    return withBias(part, y);
  }

  private double[] withBias(String part, double[] y) {
    if (has(part + ".bias")) {
      float[] bias = vector(part + ".bias");
      for (int o = 0; o < y.length; o++) {
        y[o] += bias[o];
      }
    }
    return y;
  }

  /** RMS normalisation; the gain is a stored number plus an offset. */
  static double[] rms(double[] x, float[] gain, double offset, double epsilon) {
    double square = 0;
    for (double value : x) {
      square += value * value;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / Math.sqrt(square / x.length + epsilon) * (gain[i] + offset);
    }
    return y;
  }

  double[] layerNorm(String part, double[] x, double epsilon) {
    double mean = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    double variance = 0;
    for (double value : x) {
      variance += (value - mean) * (value - mean) / x.length;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] =
          (x[i] - mean) / Math.sqrt(variance + epsilon) * vector(part + ".weight")[i]
              + vector(part + ".bias")[i];
    }
    return y;
  }

  /** Turns the first elements of every head by the angles of the position. */
  static double[] turn(
      double[] x, int headSize, int turning, int position, double theta, DoubleUnaryOperator pace) {
    double[] y = x.clone();
    for (int start = 0; start < x.length; start += headSize) {
      for (int i = 0; i < turning / 2; i++) {
        double frequency = pace.applyAsDouble(1 / Math.pow(theta, 2.0 * i / turning));
        double angle = position * frequency;
        double a = x[start + i];
        double b = x[start + turning / 2 + i];
        y[start + i] = a * Math.cos(angle) - b * Math.sin(angle);
        y[start + turning / 2 + i] = a * Math.sin(angle) + b * Math.cos(angle);
      }
    }
    return y;
  }

  /** What token t mixes from the tokens that it sees. */
  static double[] attend(Sight sight, double[] query, double[][] keys, double[][] values, int t) {
    int size = sight.size();
    double[] mixed = new double[sight.heads() * size];
    for (int head = 0; head < sight.heads(); head++) {
      int group = head * sight.groups() / sight.heads();
      double total = 0;
      for (int s = 0; s <= t; s++) {
        if (t - s < sight.window()) {
          double score = 0;
          for (int i = 0; i < size; i++) {
            score += query[head * size + i] * keys[s][group * size + i] * sight.scale();
          }
          if (sight.cap() > 0) {
            score = sight.cap() * Math.tanh(score / sight.cap());
          }
          double weight = Math.exp(score);
          total += weight;
          for (int i = 0; i < size; i++) {
            mixed[head * size + i] += weight * values[s][group * size + i];
          }
        }
      }
      for (int i = 0; i < size; i++) {
        mixed[head * size + i] /= total;
      }
    }
    return mixed;
  }

  static double activation(String name, double x) {
    return switch (name) {
      case "silu" -> x / (1 + Math.exp(-x));
      case "relu" -> Math.max(0, x);
      case "gelu" -> x * NormalDistribution.cumulative(x);
      case "gelu_new", "gelu_pytorch_tanh" ->
          0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      default -> throw new IllegalArgumentException(name);
    };
  }

  static double[] sum(double[]... vectors) {
    double[] sum = new double[vectors[0].length];
    for (double[] vector : vectors) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += vector[i];
      }
    }
    return sum;
  }
}
