package io.layerwatch.probe;

import java.util.EnumSet;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Which tokens are observed. All limits hold at the same time; what they leave out is drawn at
 * random, whatever its length or content, so that what is seen stands for all.
 *
 * @param requestShare share of requests that are observed at all, 0 to 1
 * @param passShare share of forward passes of those, 0 to 1
 * @param tokensPerSecond most tokens observed a second, over all requests
 * @param timeBudget most that observing may take, as a share of inference time; 1 is no limit
 * @param skippedTokens first tokens of every sequence that are left out: attention sinks (arXiv
 *     2309.17453) have activations unlike all others
 * @param phases kinds of passes that are observed
 */
public record SamplingPlan(
    double requestShare,
    double passShare,
    OptionalDouble tokensPerSecond,
    double timeBudget,
    int skippedTokens,
    Set<Phase> phases) {

  /** Every token of every pass, whatever it costs. */
  public static final SamplingPlan EVERYTHING =
      new SamplingPlan(1, 1, OptionalDouble.empty(), 1, 0, EnumSet.allOf(Phase.class));

  public SamplingPlan {
    requireShare("requestShare", requestShare);
    requireShare("passShare", passShare);
    if (!(tokensPerSecond.orElse(1) > 0)) {
      throw new IllegalArgumentException(
          "tokensPerSecond: expected more than 0, got " + tokensPerSecond);
    }
    if (!(timeBudget > 0 && timeBudget <= 1)) {
      throw new IllegalArgumentException(
          "timeBudget: expected a share above 0, at most 1, got " + timeBudget);
    }
    if (skippedTokens < 0) {
      throw new IllegalArgumentException("skippedTokens: expected 0 or more, got " + skippedTokens);
    }
    phases = Set.copyOf(phases);
  }

  private static void requireShare(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(name + ": expected a share from 0 to 1, got " + share);
    }
  }
}
