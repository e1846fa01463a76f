package io.layerwatch.probe;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.layerwatch.probe.reduction.BlockStates;
import java.util.List;

/**
 * Watches the forward passes of one sequence, and never fails it. Closed while the sequence's
 * arrays are still open. Not safe for use by several threads.
 */
public interface SequenceProbe extends AutoCloseable {

  /** Watches nothing. */
  SequenceProbe NONE =
      new SequenceProbe() {
        @Override
        public void prefilled(NDManager scope, BlockStates states, long inferenceNanos) {}

        @Override
        public void decoded(NDManager sequence, List<NDArray> states, long inferenceNanos) {}

        @Override
        public void close() {}
      };

  /**
   * The prompt passed through the model; the states live until the scope closes.
   *
   * @param inferenceNanos what the pass took
   */
  void prefilled(NDManager scope, BlockStates states, long inferenceNanos);

  /**
   * One generated token passed through the model.
   *
   * @param sequence lives as long as the sequence
   * @param states layers + 1 arrays [1, 1, hidden]
   * @param inferenceNanos what the pass took
   */
  void decoded(NDManager sequence, List<NDArray> states, long inferenceNanos);

  /** No pass follows. */
  @Override
  void close();
}
