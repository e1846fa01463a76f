package io.layerwatch.instrumentation.model;

import java.util.Optional;

/**
 * The parameters of one block's attention.
 *
 * @param query d to the width of the query heads
 * @param key d to the width of the key heads
 * @param value d to the width of the value heads
 * @param output the width of the query heads to d
 * @param headNorms what each head is normalised by
 */
public record AttentionWeights(
    Linear query, Linear key, Linear value, Linear output, Optional<HeadNorms> headNorms) {

  /** Norms over the elements of one query or key head. */
  public record HeadNorms(Norm query, Norm key) {}

  WeightSize size() {
    return WeightSize.sum(
        query.size(),
        key.size(),
        value.size(),
        output.size(),
        headNorms
            .map(norms -> WeightSize.sum(norms.query().size(), norms.key().size()))
            .orElse(WeightSize.NONE));
  }
}
