package io.layerwatch.instrumentation.model;

/**
 * The parameters of one decoder block that normalises what its two parts read.
 *
 * @param attentionNorm before attention
 * @param feedForwardNorm before the feed-forward
 */
public record BlockWeights(
    Norm attentionNorm, AttentionWeights attention, Norm feedForwardNorm, FeedForward feedForward) {

  WeightSize size() {
    return WeightSize.sum(
        attentionNorm.size(), attention.size(), feedForwardNorm.size(), feedForward.size());
  }
}
