package io.layerwatch.instrumentation.http;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A token as clients see it who asked for log probabilities.
 *
 * @param logProbability empty for the first token of a prompt, which nothing predicts
 * @param alternatives the most likely tokens, the first the most likely
 * @param offset where in the choice's text it begins, in characters (Unicode code points)
 */
record ScoredToken(
    String text, OptionalDouble logProbability, List<Alternative> alternatives, int offset) {

  /** A token that could have been. */
  record Alternative(String text, double logProbability) {}

  /**
   * JSON has no infinities; this is what OpenAI gives for a token that is as good as impossible.
   */
  static double finite(double logProbability) {
    return Double.isFinite(logProbability) ? logProbability : -9999;
  }
}
