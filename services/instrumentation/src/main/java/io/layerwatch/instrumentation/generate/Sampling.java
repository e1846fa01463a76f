package io.layerwatch.instrumentation.generate;

import java.util.OptionalLong;

/**
 * How the next token is drawn from the logits.
 *
 * @param temperature divides the logits; 0 takes the most likely token
 * @param topP the smallest set of most likely tokens whose probability reaches it is drawn from
 * @param seed makes the draw repeatable
 */
public record Sampling(double temperature, double topP, OptionalLong seed) {

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
  }
}
