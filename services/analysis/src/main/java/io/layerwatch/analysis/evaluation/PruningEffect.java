package io.layerwatch.analysis.evaluation;

import java.util.List;

/**
 * What removing layers does to a model's predictions: the full and the pruned model on the same
 * tokens.
 *
 * @param layers that were removed, 0-based, ascending; none is the full model beside itself
 * @param full the model as it is
 * @param pruned the model without the layers
 * @param topOneAgreement share of the predicted tokens where both find the same token the most
 *     likely, 0 to 1
 * @param meanKullbackLeibler mean over the predicted tokens of KL(full ‖ pruned) = Σ p ln(p ÷ q)
 *     over the vocabulary, in nats, 0 or more; infinite where it is not a number
 * @param retainedError standard error of {@link #accuracyRetained} over the sequences, 0 or more;
 *     infinite where it is not known
 */
public record PruningEffect(
    List<Integer> layers,
    LanguageModeling full,
    LanguageModeling pruned,
    double topOneAgreement,
    double meanKullbackLeibler,
    double retainedError) {

  public PruningEffect {
    layers = List.copyOf(layers);
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i) < 0 || (i > 0 && layers.get(i) <= layers.get(i - 1))) {
        throw new IllegalArgumentException(
            "layers: expected ascending indices from 0 on, got " + layers);
      }
    }
    if (full.sequences() != pruned.sequences() || full.tokens() != pruned.tokens()) {
      throw new IllegalArgumentException(
          "pruned: expected the %d sequences and %d tokens of the full model, got %d and %d"
              .formatted(full.sequences(), full.tokens(), pruned.sequences(), pruned.tokens()));
    }
    Shares.require("topOneAgreement", topOneAgreement);
    if (!(meanKullbackLeibler >= 0)) {
      throw new IllegalArgumentException(
          "meanKullbackLeibler: expected 0 or more, got " + meanKullbackLeibler);
    }
    if (!(retainedError >= 0)) {
      throw new IllegalArgumentException("retainedError: expected 0 or more, got " + retainedError);
    }
  }

  /** That the sequences do not tell how much is retained: no gate opens for it. */
  public PruningEffect withUnknownError() {
    return new PruningEffect(
        layers, full, pruned, topOneAgreement, meanKullbackLeibler, Double.POSITIVE_INFINITY);
  }

  /**
   * The pruned model's perplexity ÷ the full one's: 1 is no harm. Infinite where the pruned one is,
   * whatever the full one.
   */
  public double perplexityRatio() {
    return Double.isInfinite(pruned.negativeLogLikelihood())
        ? Double.POSITIVE_INFINITY
        : Math.exp(pruned.negativeLogLikelihood() - full.negativeLogLikelihood());
  }

  /** The pruned model's accuracy ÷ the full one's; 0 of an accuracy of 0. */
  public double accuracyRetained() {
    return full.accuracy() == 0 ? 0 : pruned.accuracy() / full.accuracy();
  }

  /** The same with its error. */
  public Retained retained() {
    return new Retained(accuracyRetained(), retainedError);
  }
}
