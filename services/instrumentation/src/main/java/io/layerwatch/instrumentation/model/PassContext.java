package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where the T tokens of a forward pass stand in their sequence, and what follows from it for every
 * block: masks, angles, the keys and values of the tokens before. Belongs to one pass.
 */
final class PassContext {

  /** Far below any score, and within single precision, in which scores are masked. */
  private static final float MASKED_OUT = -1e30f;

  private final NDManager scope;
  private final Optional<KeyValueCache> cache;
  private final int before;
  private final int length;
  private final Map<OptionalInt, Optional<NDArray>> masks = new HashMap<>();
  private final Map<Rotary, Rotary.Angles> angles = new HashMap<>();

  PassContext(NDManager scope, Optional<KeyValueCache> cache, int length) {
    this.scope = scope;
    this.cache = cache;
    this.before = cache.map(KeyValueCache::length).orElse(0);
    this.length = length;
  }

  /** Tokens of the sequence before this pass. */
  int before() {
    return before;
  }

  /** Tokens of this pass. */
  int length() {
    return length;
  }

  Rotary.Angles angles(Rotary rotary) {
    return angles.computeIfAbsent(rotary, turning -> turning.at(scope, before, length));
  }

  /**
   * Adds the keys and values [B, K, T, h] of this pass to the layer's, and returns all that its
   * queries may see [B, K, S, h].
   */
  KeyValueCache.Held remember(int layer, NDArray keys, NDArray values, OptionalInt window) {
    return cache
        .map(held -> held.append(layer, keys, values, window))
        .orElseGet(() -> new KeyValueCache.Held(keys, values));
  }

  /**
   * [T, S]: far below zero where a token would look ahead or beyond its window; none for a single
   * token, which may see all that is held for it.
   */
  Optional<NDArray> mask(OptionalInt window) {
    boolean reaches = window.isEmpty() || window.getAsInt() >= before + length;
    return masks.computeIfAbsent(reaches ? OptionalInt.empty() : window, this::newMask);
  }

  private Optional<NDArray> newMask(OptionalInt window) {
    if (length == 1) {
      return Optional.empty();
    }
    int end = before + length;
    int first = window.isPresent() ? Math.max(0, before - (window.getAsInt() - 1)) : 0;
    NDArray row = scope.arange(before, end, 1, DataType.INT32).reshape(length, 1);
    NDArray column = scope.arange(first, end, 1, DataType.INT32).reshape(1, -1);
    NDArray distance = row.sub(column);
    NDArray unseen = distance.lt(0).toType(DataType.FLOAT32, false);
    if (window.isPresent()) {
      unseen.addi(distance.gte(window.getAsInt()).toType(DataType.FLOAT32, false));
    }
    return Optional.of(unseen.muli(MASKED_OUT));
  }

  /** Called once every block has run. */
  void end() {
    cache.ifPresent(held -> held.advance(length));
  }
}
