package io.layerwatch.instrumentation.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention in parts; DecoderTest holds the whole against an independent implementation. */
class AttentionTest {

  private static final int LENGTH = 7;
  private static final int TOTAL = 9;

  @ParameterizedTest
  @ValueSource(longs = {1, 4 * TOTAL, 3 * 4 * TOTAL, 4 * 4 * TOTAL + 5})
  void inPartsItEqualsTheWhole(long mostScores) {
    TorchThreads.inferenceOnly();
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray query = random(manager, 4, LENGTH);
      NDArray key = random(manager, 2, TOTAL);
      NDArray value = random(manager, 2, TOTAL);
      Optional<NDArray> mask =
          Optional.of(manager.randomNormal(0, 3, new Shape(LENGTH, TOTAL), DataType.FLOAT32));
      NDArray scale = manager.create(0.4f);

      float[] whole = new Attention(scale).mix(query, key, value, mask).toFloatArray();
      NDArray parts =
          new Attention(scale, Optional.empty(), mostScores).mix(query, key, value, mask);

      assertThat(parts.getShape()).isEqualTo(query.getShape());
      assertThat(parts.toFloatArray()).containsExactly(whole, within(1e-6f));
    }
  }

  private static NDArray random(NDManager manager, int heads, int tokens) {
    return manager.randomNormal(0, 1, new Shape(1, heads, tokens, 6), DataType.FLOAT32);
  }
}
