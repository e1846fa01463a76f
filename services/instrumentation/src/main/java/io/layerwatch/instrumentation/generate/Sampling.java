package io.layerwatch.instrumentation.generate;

import java.util.Map;
import java.util.OptionalLong;

/**
 * How the next token is drawn from the logits. Penalties and biases change the logits first, as
 * OpenAI defines it: of a token that was generated c times before, {@code c · frequencyPenalty}
 * and, where c is not 0, {@code presencePenalty} are subtracted, and its bias is added. The prompt
 * does not count.
 *
 * @param temperature divides the logits; 0 takes the most likely token
 * @param topP the smallest set of most likely tokens whose probability reaches it is drawn from
 * @param seed makes the draw repeatable
 * @param presencePenalty from -2 to 2
 * @param frequencyPenalty from -2 to 2
 * @param biases from -100 to 100, by token id
 */
public record Sampling(
    double temperature,
    double topP,
    OptionalLong seed,
    double presencePenalty,
    double frequencyPenalty,
    Map<Integer, Double> biases) {

  /** Always the most likely token. */
  public static final Sampling GREEDY = new Sampling(0, 1, OptionalLong.empty());

  public Sampling {
    if (!(temperature >= 0 && temperature <= 100)) {
      throw new IllegalArgumentException(
          "temperature: expected a number from 0 to 100, got " + temperature);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException(
          "top_p: expected a number above 0, at most 1, got " + topP);
    }
    requireWithin("presence_penalty", presencePenalty, 2);
    requireWithin("frequency_penalty", frequencyPenalty, 2);
    biases.values().forEach(bias -> requireWithin("logit_bias", bias, 100));
    biases = Map.copyOf(biases);
  }

  /** Without penalties and biases. */
  public Sampling(double temperature, double topP, OptionalLong seed) {
    this(temperature, topP, seed, 0, 0, Map.of());
  }

  boolean changesLogits() {
    return presencePenalty != 0 || frequencyPenalty != 0 || !biases.isEmpty();
  }

  private static void requireWithin(String name, double value, double bound) {
    if (!(Math.abs(value) <= bound)) {
      throw new IllegalArgumentException(
          name
              + ": expected a number from -"
              + (int) bound
              + " to "
              + (int) bound
              + ", got "
              + value);
    }
  }
}
