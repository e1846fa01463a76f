package io.layerwatch.probe;

import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Draws the passes that are observed. The time budget is held for prefill and for decoding, each
 * for itself. Safe for use by several threads.
 */
public final class ProbeSampler {

  private final SamplingPlan plan;
  private final DoubleSupplier random;
  private final Optional<TokenBucket> tokens;
  private final Map<Phase, TimeBudget> budgets = new EnumMap<>(Phase.class);

  /** A sampler by this machine's clock. */
  public ProbeSampler(SamplingPlan plan) {
    this(plan, () -> ThreadLocalRandom.current().nextDouble(), Clock.systemUTC());
  }

  /**
   * A sampler.
   *
   * @param random gives numbers from 0 to below 1, on any thread
   */
  public ProbeSampler(SamplingPlan plan, DoubleSupplier random, Clock clock) {
    this.plan = plan;
    this.random = random;
    this.tokens =
        plan.tokensPerSecond().isPresent()
            ? Optional.of(new TokenBucket(plan.tokensPerSecond().getAsDouble(), clock))
            : Optional.empty();
    for (Phase phase : Phase.values()) {
      budgets.put(phase, new TimeBudget(plan.timeBudget()));
    }
  }

  SamplingPlan plan() {
    return plan;
  }

  /** Whether a new request is observed. */
  boolean drawsRequest() {
    return drawn(plan.requestShare());
  }

  /** Why a pass is not observed, or empty when it is. */
  Optional<SkipReason> skips(Phase phase, int passTokens) {
    if (!plan.phases().contains(phase)) {
      return Optional.of(SkipReason.PHASE);
    }
    if (!drawn(plan.passShare())) {
      return Optional.of(SkipReason.PASS_SHARE);
    }
    if (!drawn(affordableShare(phase))) {
      return Optional.of(SkipReason.TIME_BUDGET);
    }
    if (tokens.isPresent() && !tokens.get().take(passTokens)) {
      return Optional.of(SkipReason.TOKEN_BUDGET);
    }
    return Optional.empty();
  }

  private boolean drawn(double share) {
    return share >= 1 || random.getAsDouble() < share;
  }

  void observed(Phase phase, long inferenceNanos, long probeNanos) {
    budgets.get(phase).observed(inferenceNanos, probeNanos);
  }

  void skipped(Phase phase, long inferenceNanos) {
    budgets.get(phase).skipped(inferenceNanos);
  }

  /** What observing took of late, as a share of inference time. */
  public double overheadShare(Phase phase) {
    return budgets.get(phase).overheadShare();
  }

  /** What observing may take, as a share of inference time; 1 is no limit. */
  public double timeBudget() {
    return plan.timeBudget();
  }

  /** The share of passes that the time budget lets through at this moment, 0 to 1. */
  public double affordableShare(Phase phase) {
    return plan.timeBudget() == 1 ? 1 : budgets.get(phase).affordableShare();
  }
}
