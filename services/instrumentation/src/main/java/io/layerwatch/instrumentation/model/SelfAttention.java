package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.checkpoint.Heads;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The attention of one layer: heads, their positions, what is remembered of the tokens before, and
 * the mix of values. H query and K key-value heads of size h.
 *
 * @param layer whose keys and values are remembered
 * @param rotary turns queries and keys; empty where positions are learned
 * @param window how many tokens back it sees, the current one included
 */
record SelfAttention(
    int layer, Heads heads, Optional<Rotary> rotary, OptionalInt window, Attention attention) {

  /** Those of all layers, which differ in nothing but their windows. */
  static List<SelfAttention> ofLayers(
      Heads heads, Optional<Rotary> rotary, List<OptionalInt> windows, Attention attention) {
    return IntStream.range(0, windows.size())
        .mapToObj(layer -> new SelfAttention(layer, heads, rotary, windows.get(layer), attention))
        .toList();
  }

  /** Maps x [B, T, d] to [B, T, d]. */
  NDArray apply(NDArray x, AttentionWeights weights, PassContext pass) {
    NDArray query = split(weights.query().apply(x), heads.queries()); // [B, H, T, h]
    NDArray key = split(weights.key().apply(x), heads.keysAndValues()); // [B, K, T, h]
    NDArray value = split(weights.value().apply(x), heads.keysAndValues()); // [B, K, T, h]
    if (weights.headNorms().isPresent()) {
      query = weights.headNorms().get().query().apply(query);
      key = weights.headNorms().get().key().apply(key);
    }
    if (rotary.isPresent()) {
      Rotary.Angles angles = pass.angles(rotary.get());
      query = angles.rotate(query);
      key = angles.rotate(key);
    }
    KeyValueCache.Held held = pass.remember(layer, key, value, window); // [B, K, S, h]
    NDArray mixed = attention.mix(query, held.keys(), held.values(), pass.mask(window));
    Shape shape = x.getShape();
    return weights
        .output()
        .apply(mixed.transpose(0, 2, 1, 3).reshape(shape.get(0), shape.get(1), -1));
  }

  private NDArray split(NDArray x, int count) {
    Shape shape = x.getShape();
    return x.reshape(shape.get(0), shape.get(1), count, heads.size()).transpose(0, 2, 1, 3);
  }
}
