package io.layerwatch.instrumentation.evaluate;

import io.layerwatch.analysis.evaluation.LanguageModeling;
import io.layerwatch.analysis.evaluation.PairedCounts;
import io.layerwatch.analysis.evaluation.PruningEffect;
import java.util.List;

/**
 * Sums over predicted tokens, which add up over passes and sequences.
 *
 * @param tokens that were predicted
 * @param logLikelihood Σ ln q(token | tokens before) of the model in question, in nats; negative
 *     infinity where one was no number
 * @param correct tokens that were this model's most likely ones
 * @param agreeing tokens where the full model found the same one the most likely
 * @param divergence Σ KL(p ‖ q), p the full model's distribution, in nats; infinite where one was
 *     no number
 */
public record PredictionTotals(
    long tokens, double logLikelihood, long correct, long agreeing, double divergence) {

  public static final PredictionTotals NONE = new PredictionTotals(0, 0, 0, 0, 0);

  public PredictionTotals {
    logLikelihood = Double.isNaN(logLikelihood) ? Double.NEGATIVE_INFINITY : logLikelihood;
    divergence = Double.isNaN(divergence) ? Double.POSITIVE_INFINITY : divergence;
  }

  public PredictionTotals plus(PredictionTotals other) {
    return new PredictionTotals(
        tokens + other.tokens,
        logLikelihood + other.logLikelihood,
        correct + other.correct,
        agreeing + other.agreeing,
        divergence + other.divergence);
  }

  /** Mean of −ln q per token, in nats; of one token or more. */
  public double negativeLogLikelihood() {
    // Rounding may leave a certain token's likelihood above 1.
    return Math.max(0, -logLikelihood / tokens);
  }

  /** What this says of the model in question; of one token or more. */
  public LanguageModeling modeling(long sequences) {
    return new LanguageModeling(
        sequences, tokens, negativeLogLikelihood(), (double) correct / tokens);
  }

  /**
   * What leaving out the layers did to the full model's predictions of the same tokens.
   *
   * @param correct what both got right, sequence by sequence
   */
  PruningEffect effect(List<Integer> layers, LanguageModeling full, PairedCounts correct) {
    return new PruningEffect(
        layers,
        full,
        modeling(full.sequences()),
        (double) agreeing / tokens,
        Math.max(0, divergence / tokens),
        correct.ratioError());
  }
}
