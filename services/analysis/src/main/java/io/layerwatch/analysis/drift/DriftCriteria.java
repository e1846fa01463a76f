package io.layerwatch.analysis.drift;

import io.layerwatch.analysis.score.Ranking;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What it takes to say that a layer's score has drifted.
 *
 * @param scores that are watched
 * @param baselineWindows first windows of a revision that its baseline is made of
 * @param shift relative change of a score that is to be found, such as 0.2 for a rise by 20 % or a
 *     fall by as large a factor
 * @param minimumTokens a window with fewer tokens says nothing
 */
public record DriftCriteria(
    Set<Ranking> scores, int baselineWindows, double shift, long minimumTokens) {

  /** RATIONALE.md says where these come from. */
  public static final DriftCriteria DEFAULT =
      new DriftCriteria(EnumSet.of(Ranking.AVSS, Ranking.BLOCK_INFLUENCE), 60, 0.2, 1_000);

  /** Fewest windows whose spread says anything. */
  public static final int FEWEST_BASELINE_WINDOWS = 10;

  public DriftCriteria {
    if (baselineWindows < FEWEST_BASELINE_WINDOWS) {
      throw new IllegalArgumentException(
          "baselineWindows: expected "
              + FEWEST_BASELINE_WINDOWS
              + " or more, got "
              + baselineWindows);
    }
    if (!(shift > 0) || Double.isInfinite(shift)) {
      throw new IllegalArgumentException("shift: expected a number above 0, got " + shift);
    }
    if (minimumTokens < 1) {
      throw new IllegalArgumentException("minimumTokens: expected 1 or more, got " + minimumTokens);
    }
    scores = Collections.unmodifiableSet(scores.isEmpty() ? Set.of() : EnumSet.copyOf(scores));
  }
}
