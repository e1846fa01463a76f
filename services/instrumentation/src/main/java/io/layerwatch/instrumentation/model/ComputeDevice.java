package io.layerwatch.instrumentation.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.layerwatch.runtime.process.StartException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Where a model runs, and its probes with it. */
public enum ComputeDevice {
  /** The first GPU that PyTorch sees, or else the CPU. */
  AUTO,
  CPU,
  GPU;

  /** The name as settings give it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All names. */
  public static List<String> ids() {
    return Arrays.stream(values()).map(ComputeDevice::id).toList();
  }

  /** The device of that name, which must be one. */
  public static ComputeDevice ofId(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }

  Device device() {
    Device best = Engine.getEngine("PyTorch").defaultDevice();
    if (this == GPU && !best.isGpu()) {
      throw new StartException(
          "instrumentation.device: expected a GPU that PyTorch sees, found none; the README says"
              + " which PyTorch library it takes");
    }
    return this == CPU ? Device.cpu() : best;
  }
}
