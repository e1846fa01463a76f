package io.layerwatch.instrumentation.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.layerwatch.instrumentation.checkpoint.Activation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Activations of 300, whose squares half precision cannot hold: its largest number is 65504. */
class HalfPrecisionPartsTest {

  private final NDManager manager = NDManager.newBaseManager("PyTorch");

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void rmsNormalisationDoesNotOverflow() {
    NDArray x = half(300, -300, 300, -300);
    NDArray gain = manager.create(new float[] {1, 1, 2, 2});
    assertHalf(new Norm.Rms(gain, manager.create(1e-5f)).apply(x), 1, -1, 2, -2);
  }

  @Test
  void layerNormalisationDoesNotOverflow() {
    // Mean 450, deviation 150.
    NDArray x = half(300, 300, 600, 600);
    NDArray gain = manager.create(new float[] {1, 2, 1, 2});
    NDArray bias = manager.create(new float[] {0, 0, 0, 10});
    assertHalf(new Norm.Layer(gain, bias, 1e-5f).apply(x), -1, -2, 1, 12);
  }

  @Test
  void geluOfLargeActivationsIsTheActivationOrNothing() {
    NDArray x = half(300, -300, 0);
    assertHalf(Activations.apply(Activation.GELU_TANH, x), 300, 0, 0);
    assertHalf(Activations.apply(Activation.GELU, x), 300, 0, 0);
    assertHalf(Activations.apply(Activation.SILU, x), 300, 0, 0);
  }

  private NDArray half(float... values) {
    return manager.create(values).toType(DataType.FLOAT16, true);
  }

  private static void assertHalf(NDArray actual, float... expected) {
    assertThat(actual.getDataType()).isEqualTo(DataType.FLOAT16);
    assertThat(actual.toType(DataType.FLOAT32, true).toFloatArray())
        .containsExactly(expected, within(1e-3f));
  }
}
