package io.layerwatch.recommender;

import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import java.time.Duration;
import java.time.Instant;

/**
 * What an evaluation must be so that advice can rest on it: of some data, with a gate, and past.
 */
final class EvaluationCheck {

  /** It goes into a recommendation, which has to fit into a record, too. */
  static final int LARGEST_RECORD = 256 << 10;

  private static final Duration TOLERANCE = Duration.ofDays(1);

  private EvaluationCheck() {}

  /** Throws {@link InvalidRecordException} for an evaluation that says nothing. */
  static void require(PruningEvaluation evaluation, Instant now) {
    require(
        evaluation.gate() > 0 && evaluation.gate() <= 1,
        "gate: expected a number above 0, at most 1, got " + evaluation.gate());
    require(
        evaluation.effect().full().tokens() > 0, "tokens: expected 1 or more, got none measured");
    require(
        !evaluation.evaluatedAt().isAfter(now.plus(TOLERANCE)),
        "evaluatedAt: expected at most "
            + TOLERANCE
            + " after "
            + now
            + ", got "
            + evaluation.evaluatedAt());
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new InvalidRecordException(Kind.IMPOSSIBLE, problem);
    }
  }
}
