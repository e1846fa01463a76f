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
    long elements = entry.elements();
    NDList chunks = new NDList();
    try (NDManager scope = manager.newSubManager()) {
      for (long start = 0; start < elements; start += CHUNK) {
        chunks.add(loadChunk(scope, start, Math.min(CHUNK, elements - start)));
      }
      NDArray flat = chunks.size() == 1 ? chunks.singletonOrThrow() : NDArrays.concat(chunks);
      NDArray shaped =
          flat.reshape(new Shape(entry.shape().stream().mapToLong(Long::longValue).toArray()));
      shaped.attach(manager);
      return shaped;
    }
  }

  private NDArray loadChunk(NDManager scope, long start, long elements) {
    ByteBuffer source = file.map(entry, start * type.bytes(), elements * type.bytes());
    ByteBuffer floats = type == TensorType.F32 ? source : convert(source, (int) elements);
    // The created array borrows the buffer's memory; only its duplicate owns its own.
    return scope.create(floats, new Shape(elements), DataType.FLOAT32).duplicate();
  }

  private ByteBuffer convert(ByteBuffer source, int elements) {
    ByteBuffer target =
        ByteBuffer.allocateDirect(elements * Float.BYTES).order(ByteOrder.nativeOrder());
    ShortBuffer halves = source.asShortBuffer();
    FloatBuffer floats = target.asFloatBuffer();
    boolean brain = type == TensorType.BF16;
    for (int i = 0; i < elements; i++) {
      short bits = halves.get(i);
      floats.put(i, brain ? HalfPrecision.fromBf16(bits) : HalfPrecision.fromF16(bits));
    }
    return target;
  }
}
