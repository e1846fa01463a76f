package io.layerwatch.analysis.evaluation;

import java.util.Locale;

/**
 * How much of an accuracy is left, as far as a sample of sequences tells.
 *
 * @param share the pruned model's accuracy ÷ the full one's: 1 is no harm, and above 1 is possible;
 *     0 where the full model predicted no token: on such tokens nothing shows that anything is
 *     retained, and no gate is to open
 * @param error standard error of the share, 0 or more; infinite where the sample does not tell, as
 *     one sequence cannot
 */
public record Retained(double share, double error) {

  public Retained {
    if (!(share >= 0) || Double.isInfinite(share)) {
      throw new IllegalArgumentException("share: expected a number, 0 or more, got " + share);
    }
    if (!(error >= 0)) {
      throw new IllegalArgumentException("error: expected 0 or more, got " + error);
    }
  }

  /**
   * The share less two standard errors: what is retained of all such sequences is seldom less. How
   * seldom depends on how many were measured, and on how evenly they bear the harm: RATIONALE.md
   * has the figures.
   */
  public double atLeast() {
    return share - margin();
  }

  private double margin() {
    return 2 * error;
  }

  /** Whether that much is retained two standard errors off. */
  public boolean reaches(double gate) {
    return atLeast() >= gate;
  }

  /** In words, such as 95.6 ± 1.2 %: two standard errors. */
  public String describe() {
    return String.format(Locale.ROOT, "%.1f", 100 * share)
        + " ± "
        + (Double.isFinite(error) ? String.format(Locale.ROOT, "%.1f", 100 * margin()) : "?")
        + " %";
  }
}
