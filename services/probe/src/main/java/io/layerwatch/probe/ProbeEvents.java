package io.layerwatch.probe;

/** Takes what a probe does, for metrics and logs. Called on the threads that run the model. */
public interface ProbeEvents {

  /** Takes nothing. */
  ProbeEvents NONE =
      new ProbeEvents() {
        @Override
        public void observed(Phase phase, int tokens) {}

        @Override
        public void skipped(SkipReason reason, int tokens) {}

        @Override
        public void passed(Phase phase, long inferenceNanos, long probeNanos) {}

        @Override
        public void failed(int tokens, Throwable error) {}
      };

  /** Tokens were reduced. */
  void observed(Phase phase, int tokens);

  /** Tokens passed through the model unobserved. */
  void skipped(SkipReason reason, int tokens);

  /**
   * A pass is over.
   *
   * @param inferenceNanos what the model took
   * @param probeNanos what the probe took, whether it observed the pass or not
   */
  void passed(Phase phase, long inferenceNanos, long probeNanos);

  /** Observing these tokens failed; the sequence went on, and the probe is off. */
  void failed(int tokens, Throwable error);
}
