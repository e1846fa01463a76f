package io.layerwatch.instrumentation.probe;

import ai.djl.ndarray.NDManager;
import io.layerwatch.instrumentation.model.Decoder.Pass;

/**
 * Watches the forward passes of one sequence, and never fails it. Closed while the sequence's
 * arrays are still open.
 */
public interface SequenceProbe extends AutoCloseable {

  /** Watches nothing. */
  SequenceProbe NONE =
      new SequenceProbe() {
        @Override
        public void prefilled(NDManager scope, Pass pass) {}

        @Override
        public void decoded(NDManager sequence, Pass pass) {}

        @Override
        public void close() {}
      };

  /** The prompt passed through the model; the states live until the scope closes. */
  void prefilled(NDManager scope, Pass pass);

  /**
   * One generated token passed through the model.
   *
   * @param sequence lives as long as the sequence: states to be kept move there
   */
  void decoded(NDManager sequence, Pass pass);

  /** No pass follows. */
  @Override
  void close();
}
