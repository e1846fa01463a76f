package io.layerwatch.instrumentation.probe;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.probe.ActivationProbe.Observation;
import java.util.function.Consumer;

/**
 * Observes every pass of one sequence. Decoded tokens are gathered and reduced several at a time,
 * which costs a fraction of reducing each. Errors go to their handler, never to the sequence.
 */
public final class ObservingSequenceProbe implements SequenceProbe {

  /** Decoded tokens reduced at a time. */
  static final int GATHERED_TOKENS = 16;

  private final ActivationProbe probe;
  private final Consumer<Observation> sink;
  private final ErrorHandler onError;
  private final NDList gathered = new NDList();

  /** Takes what went wrong in observing. */
  public interface ErrorHandler {

    /**
     * Observing failed, and the sequence goes on.
     *
     * @param tokens that are not observed, at any layer or site
     */
    void failed(long tokens, RuntimeException error);
  }

  /**
   * A probe of one sequence.
   *
   * @param sink takes each observation
   * @param onError takes what went wrong in observing
   */
  public ObservingSequenceProbe(
      ActivationProbe probe, Consumer<Observation> sink, ErrorHandler onError) {
    this.probe = probe;
    this.sink = sink;
    this.onError = onError;
  }

  @Override
  public void prefilled(NDManager scope, Pass pass) {
    guarded(
        pass.last().getShape().get(1),
        () -> sink.accept(probe.observe(scope, ActivationProbe.stack(scope, pass), true)));
  }

  @Override
  public void decoded(NDManager sequence, Pass pass) {
    guarded(1, () -> gathered.add(ActivationProbe.stack(sequence, pass)));
    if (gathered.size() == GATHERED_TOKENS) {
      reduceGathered();
    }
  }

  @Override
  public void close() {
    if (!gathered.isEmpty()) {
      reduceGathered();
    }
  }

  private void reduceGathered() {
    guarded(
        gathered.size(),
        () -> {
          try {
            NDManager manager = gathered.head().getManager();
            NDArray stack = NDArrays.concat(gathered, 1);
            sink.accept(probe.observe(manager, stack, false));
          } finally {
            gathered.close();
            gathered.clear();
          }
        });
  }

  private void guarded(long tokens, Runnable observation) {
    try {
      observation.run();
    } catch (RuntimeException e) {
      onError.failed(tokens, e);
    }
  }
}
