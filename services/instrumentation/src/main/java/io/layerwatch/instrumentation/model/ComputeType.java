package io.layerwatch.instrumentation.model;

import ai.djl.Device;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The type of weights and activations in a forward pass. */
public enum ComputeType {
  /** Half precision on a GPU for a checkpoint that is stored in 16 bits, or else single. */
  AUTO,
  FLOAT32,
  FLOAT16;

  /** The name as settings give it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All names. */
  public static List<String> ids() {
    return Arrays.stream(values()).map(ComputeType::id).toList();
  }

  /** The type of that name, which must be one. */
  public static ComputeType ofId(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }

  TensorType on(Device device, boolean storedInHalf) {
    return switch (this) {
      case FLOAT32 -> TensorType.F32;
      case FLOAT16 -> TensorType.F16;
      case AUTO -> device.isGpu() && storedInHalf ? TensorType.F16 : TensorType.F32;
    };
  }
}
