package io.layerwatch.analysis.evaluation;

/**
 * What two models got right on the same samples, as sums: enough for the ratio of the totals and
 * its standard error. Tokens of one text err together, so a sample is a sequence and not a token.
 *
 * @param samples how many
 * @param full Σ f, the full model's counts
 * @param pruned Σ p, the pruned model's
 * @param fullSquares Σ f²
 * @param products Σ f · p
 * @param prunedSquares Σ p²
 */
public record PairedCounts(
    long samples,
    double full,
    double pruned,
    double fullSquares,
    double products,
    double prunedSquares) {

  public static final PairedCounts NONE = new PairedCounts(0, 0, 0, 0, 0, 0);

  /** With one sample more. */
  public PairedCounts plus(long fullCount, long prunedCount) {
    double f = fullCount;
    double p = prunedCount;
    return new PairedCounts(
        samples + 1,
        full + f,
        pruned + p,
        fullSquares + f * f,
        products + f * p,
        prunedSquares + p * p);
  }

  /**
   * Standard error of r = Σ p ÷ Σ f: √(n ÷ (n − 1) · Σ (p − r · f)²) ÷ Σ f, the linearised error of
   * a ratio estimator (Cochran, Sampling Techniques, ch. 6). Infinite of less than two samples, or
   * where the full model got nothing right.
   */
  public double ratioError() {
    if (samples < 2 || full == 0) {
      return Double.POSITIVE_INFINITY;
    }
    double ratio = pruned / full;
    double residuals = prunedSquares - 2 * ratio * products + ratio * ratio * fullSquares;
    // Of counts the sums are exact; their difference may still round below nothing.
    return Math.sqrt(Math.max(0, residuals) * samples / (samples - 1)) / full;
  }
}
