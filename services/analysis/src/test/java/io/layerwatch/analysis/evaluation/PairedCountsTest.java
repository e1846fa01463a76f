package io.layerwatch.analysis.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedCountsTest {

  /** By hand: r = 12 / 20, residuals -1, 1, 0 (p - 0.6 f), √(3/2 · 2) ÷ 20. */
  @Test
  void theErrorIsThatOfARatioEstimator() {
    PairedCounts counts = PairedCounts.NONE.plus(5, 2).plus(5, 4).plus(10, 6);
    assertThat(counts.ratioError()).isCloseTo(Math.sqrt(3) / 20, within(1e-12));
  }

  @Test
  void modelsThatErrAlikeHaveNoError() {
    assertThat(PairedCounts.NONE.plus(3, 3).plus(90, 90).plus(0, 0).ratioError()).isZero();
  }

  @Test
  void nothingIsKnownOfOneSampleOrOfNothingRight() {
    assertThat(PairedCounts.NONE.ratioError()).isInfinite();
    assertThat(PairedCounts.NONE.plus(5, 4).ratioError()).isInfinite();
    assertThat(PairedCounts.NONE.plus(0, 4).plus(0, 1).ratioError()).isInfinite();
  }

  /** Texts on which both models do well or badly together, over and over. */
  @Test
  void theErrorIsHowFarRatiosOfSamplesSpread() {
    Random random = new Random(1);
    int trials = 4_000;
    double ratios = 0;
    double squares = 0;
    double variances = 0;
    for (int trial = 0; trial < trials; trial++) {
      PairedCounts counts = sample(random);
      double ratio = counts.pruned() / counts.full();
      ratios += ratio;
      squares += ratio * ratio;
      variances += counts.ratioError() * counts.ratioError();
    }
    double mean = ratios / trials;
    double spread = Math.sqrt(squares / trials - mean * mean);
    assertThat(mean).isCloseTo(0.9, within(0.005));
    assertThat(Math.sqrt(variances / trials)).isCloseTo(spread, within(0.05 * spread));
  }

  /** Two standard errors below the ratio, more than the truth is seldom claimed. */
  @Test
  void whatIsRetainedIsSeldomLessThanTwoErrorsBelow() {
    // Harm that all sequences bear alike, and harm that falls on a fifth or a tenth of them.
    assertThat(missed(30, 0.9, 1)).isBetween(0.01, 0.05);
    assertThat(missed(30, 0.5, 0.2)).isBetween(0.03, 0.1);
    assertThat(missed(30, 0.5, 0.1)).isBetween(0.08, 0.18);
    assertThat(missed(256, 0.5, 0.2)).isBetween(0.01, 0.05);
  }

  /**
   * How often the true ratio is lower.
   *
   * @param kept of the right tokens of a sequence that is harmed
   * @param harmed share of the sequences
   */
  private static double missed(int sequences, double kept, double harmed) {
    Random random = new Random(2);
    double truth = 1 - harmed * (1 - kept);
    int missed = 0;
    int trials = 4_000;
    for (int trial = 0; trial < trials; trial++) {
      PairedCounts counts = PairedCounts.NONE;
      for (int sequence = 0; sequence < sequences; sequence++) {
        boolean bears = random.nextDouble() < harmed;
        int full = 0;
        int pruned = 0;
        for (int token = 0; token < 50; token++) {
          boolean right = random.nextDouble() < 0.5;
          full += right ? 1 : 0;
          pruned += right && (!bears || random.nextDouble() < kept) ? 1 : 0;
        }
        counts = counts.plus(full, pruned);
      }
      missed +=
          new Retained(counts.pruned() / counts.full(), counts.ratioError()).atLeast() > truth
              ? 1
              : 0;
    }
    return (double) missed / trials;
  }

  /** Of 40 sequences of 50 tokens; the pruned model loses a tenth of what the full one gets. */
  private static PairedCounts sample(Random random) {
    PairedCounts counts = PairedCounts.NONE;
    for (int sequence = 0; sequence < 40; sequence++) {
      double ease = random.nextDouble();
      int full = 0;
      int pruned = 0;
      for (int token = 0; token < 50; token++) {
        boolean right = random.nextDouble() < ease;
        full += right ? 1 : 0;
        pruned += right && random.nextDouble() < 0.9 ? 1 : 0;
      }
      counts = counts.plus(full, pruned);
    }
    return counts;
  }
}
