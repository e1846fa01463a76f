package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.layerwatch.instrumentation.checkpoint.Checkpoint;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Takes the tensors of a checkpoint by name onto a device: matrices in the type that the model
 * computes in, norms in single precision. What nobody took in the end is refused.
 */
final class TensorLoader {

  private final Checkpoint checkpoint;
  private final NDManager manager;
  private final TensorType type;
  private final Set<String> unused;

  /**
   * A loader.
   *
   * @param manager owns the arrays
   * @param type of matrices and biases, F32 or F16
   */
  TensorLoader(Checkpoint checkpoint, NDManager manager, TensorType type) {
    this.checkpoint = checkpoint;
    this.manager = manager;
    this.type = type;
    this.unused = checkpoint.names();
  }

  boolean has(String name) {
    return checkpoint.has(name);
  }

  NDArray matrix(String name, long rows, long columns) {
    return load(name, manager, type, rows, columns);
  }

  /** The map of a weight laid out [out, in]. */
  Linear linear(String part, int out, int in, boolean bias) {
    return Linear.ofWeight(
        matrix(part + ".weight", out, in),
        bias ? Optional.of(load(part + ".bias", manager, type, out)) : Optional.empty());
  }

  /** The map of a weight laid out [in, out], with a bias. */
  Linear turnedLinear(String part, int in, int out) {
    return new Linear(
        matrix(part + ".weight", in, out), Optional.of(load(part + ".bias", manager, type, out)));
  }

  /** A part of a tensor that several matrices are stored in: a copy, laid out as it was. */
  NDArray partOf(String name, Function<NDArray, NDArray> part, long... shape) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray copy = part.apply(load(name, scope, type, shape)).duplicate();
      copy.attach(manager);
      return copy;
    }
  }

  Norm rmsNorm(String name, int size, double epsilon) {
    return new Norm.Rms(load(name, manager, TensorType.F32, size), manager.create((float) epsilon));
  }

  /** An RMS norm whose stored gains are differences from 1. */
  Norm rmsNormAroundOne(String name, int size, double epsilon) {
    return new Norm.Rms(
        load(name, manager, TensorType.F32, size).addi(1), manager.create((float) epsilon));
  }

  Norm layerNorm(String part, int size, double epsilon) {
    return new Norm.Layer(
        load(part + ".weight", manager, TensorType.F32, size),
        load(part + ".bias", manager, TensorType.F32, size),
        (float) epsilon);
  }

  /** The output head: the embedding [vocabulary, hidden] itself, or a matrix of its own. */
  Linear head(String part, NDArray embedding, boolean tied) {
    if (tied) {
      // Some checkpoints store the embedding again under this name.
      unused.remove(part + ".weight");
      return Linear.ofWeight(embedding, Optional.empty());
    }
    long vocabulary = embedding.getShape().get(0);
    return linear(part, (int) vocabulary, (int) embedding.getShape().get(1), false);
  }

  /** Refuses a tensor that the model had no use for, buffers excepted that hold no weights. */
  void refuseUnused(Predicate<String> buffer) {
    unused.removeIf(buffer);
    if (!unused.isEmpty()) {
      throw new InvalidCheckpointException(
          checkpoint.directory()
              + ": expected only tensors that config.json speaks of, got "
              + (unused.size() > 3
                  ? unused.size() + " others, the first \"" + unused.iterator().next() + "\""
                  : unused));
    }
  }

  private NDArray load(String name, NDManager owner, TensorType wanted, long... shape) {
    unused.remove(name);
    return checkpoint.tensor(name, shape).load(owner, wanted);
  }
}
