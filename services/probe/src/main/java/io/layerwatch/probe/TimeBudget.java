package io.layerwatch.probe;

/**
 * Holds what observing costs to a share of the inference that it observes. Safe for use by several
 * threads.
 *
 * <p>Every pass earns its share of time, and every observation spends what it took; nothing is
 * observed while more is spent than earned. So the share is held on average whatever an observation
 * costs. Below that limit passes are drawn at random, since to observe one whenever it can be paid
 * could fall in step with the traffic: with a probability of share ÷ cost, where cost is what
 * observing took of late, as a share of the pass's own time. Once {@link #SAVED_NANOS} of inference
 * were saved, the next pass is observed: so a probe that was slow once is tried again.
 */
final class TimeBudget {

  private static final double HALF_LIFE_NANOS = 5e9;
  private static final double SAVED_NANOS = 5e9;

  /** A debt beyond is forgiven: a process that stood still must not blind the probe for hours. */
  private static final double OWED_NANOS = 300e9;

  private final double share;
  private double earned;
  private double observedInference;
  private double allInference;
  private double cost;

  TimeBudget(double share) {
    this.share = share;
    this.earned = share * SAVED_NANOS;
  }

  /** A pass that was observed. */
  synchronized void observed(long inferenceNanos, long probeNanos) {
    passed(inferenceNanos);
    earned = Math.max(-share * OWED_NANOS, earned - probeNanos);
    observedInference += inferenceNanos;
    cost += probeNanos;
  }

  /** A pass that was not. */
  synchronized void skipped(long inferenceNanos) {
    passed(inferenceNanos);
  }

  private void passed(long inferenceNanos) {
    earned = Math.min(share * SAVED_NANOS, earned + share * inferenceNanos);
    double left = Math.pow(0.5, inferenceNanos / HALF_LIFE_NANOS);
    observedInference *= left;
    cost *= left;
    allInference = allInference * left + inferenceNanos;
  }

  /** The probability with which the next pass is to be observed. */
  synchronized double affordableShare() {
    if (earned <= 0) {
      return 0;
    }
    boolean saved = earned >= share * SAVED_NANOS;
    return saved || cost == 0 ? 1 : Math.min(1, share * observedInference / cost);
  }

  /** Cost of observing ÷ time of all inference, of late; 0 before the first pass. */
  synchronized double overheadShare() {
    return allInference == 0 ? 0 : cost / allInference;
  }
}
