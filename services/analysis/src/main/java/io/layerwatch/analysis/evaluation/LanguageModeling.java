package io.layerwatch.analysis.evaluation;

/**
 * How well a model predicts the next tokens of sequences.
 *
 * @param sequences that were passed through the model, 1 or more
 * @param tokens that were predicted, 1 or more: all of a sequence but its first
 * @param negativeLogLikelihood mean over the predicted tokens of −ln p(token | tokens before), in
 *     nats, 0 or more; infinite where the model gave a token no probability, or no number
 * @param accuracy share of the predicted tokens that were the model's most likely ones, 0 to 1
 */
public record LanguageModeling(
    long sequences, long tokens, double negativeLogLikelihood, double accuracy) {

  public LanguageModeling {
    if (sequences < 1) {
      throw new IllegalArgumentException("sequences: expected 1 or more, got " + sequences);
    }
    if (tokens < 1) {
      throw new IllegalArgumentException("tokens: expected 1 or more, got " + tokens);
    }
    if (!(negativeLogLikelihood >= 0)) {
      throw new IllegalArgumentException(
          "negativeLogLikelihood: expected 0 or more, got " + negativeLogLikelihood);
    }
    Shares.require("accuracy", accuracy);
  }

  /** e to the negative log likelihood per token: 1 is certainty. */
  public double perplexity() {
    return Math.exp(negativeLogLikelihood);
  }
}
