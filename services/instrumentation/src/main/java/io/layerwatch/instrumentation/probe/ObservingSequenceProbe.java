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
  private final Consumer<RuntimeException> onError;
  private final NDList gathered = new NDList();

  /**
   * A probe of one sequence.
   *
   * @param sink takes each observation
   * @param onError takes what went wrong in observing; the tokens concerned are not observed
   */
  public ObservingSequenceProbe(
      ActivationProbe probe, Consumer<Observation> sink, Consumer<RuntimeException> onError) {
    this.probe = probe;
    this.sink = sink;
    this.onError = onError;
  }

  @Override
  public void prefilled(NDManager scope, Pass pass) {
    guarded(() -> sink.accept(probe.observe(scope, ActivationProbe.stack(scope, pass), true)));
  }

  @Override
  public void decoded(NDManager sequence, Pass pass) {
    guarded(
        () -> {
          gathered.add(ActivationProbe.stack(sequence, pass));
          if (gathered.size() == GATHERED_TOKENS) {
            reduceGathered();
          }
        });
  }

  @Override
  public void close() {
    guarded(this::reduceGathered);
  }

  private void reduceGathered() {
    if (gathered.isEmpty()) {
      return;
    }
    try {
      NDManager manager = gathered.head().getManager();
      NDArray stack = NDArrays.concat(gathered, 1);
      sink.accept(probe.observe(manager, stack, false));
    } finally {
      gathered.close();
      gathered.clear();
    }
  }

  private void guarded(Runnable observation) {
    try {
      observation.run();
    } catch (RuntimeException e) {
      onError.accept(e);
    }
  }
}
