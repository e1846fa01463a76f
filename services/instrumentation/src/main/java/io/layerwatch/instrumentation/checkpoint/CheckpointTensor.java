package io.layerwatch.instrumentation.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.checkpoint.SafetensorsFile.Entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/** One tensor of a checkpoint, checked, not yet read. */
public final class CheckpointTensor {

  /** Elements converted at a time: bounds the memory beside the tensor itself to 64 MiB. */
  private static final long CHUNK = 16L << 20;

  private final SafetensorsFile file;
  private final Entry entry;
  private final TensorType type;

  CheckpointTensor(SafetensorsFile file, Entry entry, TensorType type) {
    this.file = file;
    this.entry = entry;
    this.type = type;
  }

  /** Loads the tensor in single precision onto the manager's device. */
  public NDArray load(NDManager manager) {
    return load(manager, TensorType.F32);
  }

  /**
   * Loads the tensor onto the manager's device.
   *
   * @param target F32 or F16
   * @throws InvalidCheckpointException when F16 cannot hold a finite value of the tensor
   */
  public NDArray load(NDManager manager, TensorType target) {
    long elements = entry.elements();
    NDList chunks = new NDList();
    try (NDManager scope = manager.newSubManager()) {
      for (long start = 0; start < elements; start += CHUNK) {
        chunks.add(loadChunk(scope, start, Math.min(CHUNK, elements - start), target));
      }
      NDArray flat = chunks.size() == 1 ? chunks.singletonOrThrow() : NDArrays.concat(chunks);
      NDArray shaped =
          flat.reshape(new Shape(entry.shape().stream().mapToLong(Long::longValue).toArray()));
      shaped.attach(manager);
      return shaped;
    }
  }

  private NDArray loadChunk(NDManager scope, long start, long elements, TensorType target) {
    ByteBuffer source = file.map(entry, start * type.bytes(), elements * type.bytes());
    DataType dataType = target == TensorType.F16 ? DataType.FLOAT16 : DataType.FLOAT32;
    ByteBuffer values =
        type == target
            ? source
            : target == TensorType.F16
                ? toHalves(source, (int) elements)
                : toFloats(source, (int) elements);
    // The created array borrows the buffer's memory; only its duplicate owns its own.
    return scope.create(values, new Shape(elements), dataType).duplicate();
  }

  private ByteBuffer toFloats(ByteBuffer source, int elements) {
    ByteBuffer target = allocate(elements, Float.BYTES);
    FloatBuffer floats = target.asFloatBuffer();
    for (int i = 0; i < elements; i++) {
      floats.put(i, value(source, i));
    }
    return target;
  }

  private ByteBuffer toHalves(ByteBuffer source, int elements) {
    ByteBuffer target = allocate(elements, Short.BYTES);
    ShortBuffer halves = target.asShortBuffer();
    for (int i = 0; i < elements; i++) {
      float value = value(source, i);
      short half = HalfPrecision.toF16(value);
      if (Float.isFinite(value) && Float.isInfinite(HalfPrecision.fromF16(half))) {
        throw new InvalidCheckpointException(
            file.path()
                + ": tensor \""
                + entry.name()
                + "\": expected values up to 65504, which float16 holds, got "
                + value
                + "; instrumentation.dtype float32 holds them");
      }
      halves.put(i, half);
    }
    return target;
  }

  private float value(ByteBuffer source, int i) {
    return switch (type) {
      case F32 -> source.getFloat(i * Float.BYTES);
      case F16 -> HalfPrecision.fromF16(source.getShort(i * Short.BYTES));
      case BF16 -> HalfPrecision.fromBf16(source.getShort(i * Short.BYTES));
    };
  }

  private static ByteBuffer allocate(int elements, int bytes) {
    return ByteBuffer.allocateDirect(elements * bytes).order(ByteOrder.nativeOrder());
  }
}
