package io.layerwatch.instrumentation.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every token's key is its number, in two heads of two elements; its value is the negative. */
class KeyValueCacheTest {

  private static final int LAYER = 1;

  /** 0 is no window. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 70, 1000})
  void queriesSeeAllThatIsWithinTheirWindow(int window) {
    Random random = new Random(window);
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        KeyValueCache cache = new KeyValueCache(manager, 2)) {
      int before = 0;
      while (before < 400) {
        int added = random.nextInt(4) == 0 ? 1 + random.nextInt(60) : 1;
        int first = window == 0 ? 0 : Math.max(0, before - (window - 1));
        try (NDManager scope = manager.newSubManager()) {
          KeyValueCache.Held held = append(cache, scope, before, added, window);
          assertThat(held.keys().getShape()).isEqualTo(new Shape(1, 2, before + added - first, 2));
          assertThat(held.keys().toFloatArray()).isEqualTo(numbers(first, before + added, 1));
          assertThat(held.values().toFloatArray()).isEqualTo(numbers(first, before + added, -1));
        }
        cache.advance(added);
        before += added;
        assertThat(cache.length()).isEqualTo(before);
      }
    }
  }

  @Test
  void aWindowBoundsWhatIsHeld() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        KeyValueCache cache = new KeyValueCache(manager, 2)) {
      for (int i = 0; i < 2000; i++) {
        try (NDManager scope = manager.newSubManager()) {
          append(cache, scope, i, i == 0 ? 500 : 1, 8);
        }
      }
      assertThat(cache.capacity(LAYER)).isEqualTo(8 + 64);
    }
  }

  @Test
  void blocksDoubleSoThatTokensAreSeldomCopied() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        KeyValueCache cache = new KeyValueCache(manager, 2)) {
      int moves = 0;
      long capacity = 0;
      for (int i = 0; i < 2000; i++) {
        try (NDManager scope = manager.newSubManager()) {
          append(cache, scope, i, 1, 0);
        }
        moves += cache.capacity(LAYER) == capacity ? 0 : 1;
        capacity = cache.capacity(LAYER);
      }
      assertThat(moves).isLessThanOrEqualTo(6);
      assertThat(capacity).isBetween(2000L, 4200L);
    }
  }

  private static KeyValueCache.Held append(
      KeyValueCache cache, NDManager scope, int before, int added, int window) {
    Shape shape = new Shape(1, 2, added, 2);
    NDArray keys = scope.create(numbers(before, before + added, 1), shape);
    NDArray values = scope.create(numbers(before, before + added, -1), shape);
    return cache.append(
        LAYER, keys, values, window == 0 ? OptionalInt.empty() : OptionalInt.of(window));
  }

  /** [2, tokens, 2]: each token's number, and for the second head the same and a half. */
  private static float[] numbers(int from, int to, int sign) {
    float[] numbers = new float[(to - from) * 4];
    for (int head = 0; head < 2; head++) {
      for (int token = from; token < to; token++) {
        int at = (head * (to - from) + token - from) * 2;
        numbers[at] = sign * (token + head / 2f);
        numbers[at + 1] = numbers[at] / 8;
      }
    }
    return numbers;
  }
}
