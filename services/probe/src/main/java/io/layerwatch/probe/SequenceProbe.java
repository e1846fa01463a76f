package io.layerwatch.probe;

import ai.djl.ndarray.NDManager;
import io.layerwatch.probe.reduction.BlockStates;

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
        public void decoded(NDManager sequence, BlockStates states, long inferenceNanos) {}

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
   * @param states of that one token, which may be closed afterwards
   * @param inferenceNanos what the pass took
   */
  void decoded(NDManager sequence, BlockStates states, long inferenceNanos);

  /** No pass follows. */
  @Override
  void close();
}
