package io.layerwatch.instrumentation.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import java.util.List;
import java.util.Locale;

/**
 * Where a model runs, and its probes with it.
 *
 * @param index of the GPU, from 0
 */
public record ComputeDevice(Kind kind, int index) {

  /** The first GPU that PyTorch sees, or else the CPU. */
  public static final ComputeDevice AUTO = new ComputeDevice(Kind.AUTO, 0);

  public static final ComputeDevice CPU = new ComputeDevice(Kind.CPU, 0);
  public static final ComputeDevice GPU = new ComputeDevice(Kind.GPU, 0);

  /** How settings give it, in words and as a regular expression. */
  public static final String EXPECTED = "auto, cpu, gpu or a certain one such as gpu:1";

  public static final String FORM = "auto|cpu|gpu|gpu:\\d{1,3}";

  /** What runs the model. */
  public enum Kind {
    AUTO,
    CPU,
    GPU
  }

  /** The name as settings give it. */
  public String id() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return kind == Kind.GPU && index > 0 ? name + ":" + index : name;
  }

  /** The device of that name, which must be one. */
  public static ComputeDevice ofId(String id) {
    int colon = id.indexOf(':');
    return colon < 0
        ? new ComputeDevice(Kind.valueOf(id.toUpperCase(Locale.ROOT)), 0)
        : new ComputeDevice(Kind.GPU, Integer.parseInt(id.substring(colon + 1)));
  }

  /**
   * Looks for a GPU that was asked for, before anything else is started.
   *
   * @throws InvalidSettingsException when there is none
   */
  public void require() {
    if (kind == Kind.GPU) {
      requireAmong(Engine.getEngine("PyTorch").getGpuCount());
    }
  }

  void requireAmong(int gpus) {
    if (index >= gpus) {
      throw new InvalidSettingsException(
          List.of(
              "instrumentation.device: expected a GPU that PyTorch sees ("
                  + (gpus == 0 ? "none" : gpus + ", counted from 0")
                  + "), got \""
                  + id()
                  + "\"; the instrumentation README says which PyTorch library it takes"));
    }
  }

  Device device() {
    require();
    return switch (kind) {
      case AUTO -> Engine.getEngine("PyTorch").defaultDevice();
      case CPU -> Device.cpu();
      case GPU -> Device.gpu(index);
    };
  }
}
