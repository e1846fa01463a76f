package io.layerwatch.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the errors that RATIONALE.md states, where numbers are hardest. */
class NumericHardnessTest {

  private static final int MILLION = 1_000_000;

  /** A million activations a summary, of variance 2; the means climb from the offset by 0.95. */
  @ParameterizedTest
  @ValueSource(doubles = {3, 1e6})
  void aTrillionActivationsInAMillionSummaries(double offset) {
    double step = Math.scalb(1.0, -20); // Every mean is exact.
    List<Moments> summaries = new ArrayList<>(MILLION);
    for (int i = 0; i < MILLION; i++) {
      double mean = offset + i * step;
      summaries.add(new Moments(MILLION, mean, 2.0 * MILLION, mean - 9, mean + 9));
    }
    double mean = offset + (MILLION - 1) / 2.0 * step;
    double m2 = squaresWithin().add(squaresBetween(step)).doubleValue();

    assertMerged(summaries, mean, m2);
    Collections.shuffle(summaries, new Random(11));
    assertMerged(summaries, mean, m2);
  }

  private static void assertMerged(List<Moments> summaries, double mean, double m2) {
    Moments merged = summaries.stream().reduce(Moments.EMPTY, Moments::merge);

    assertThat(merged.count()).isEqualTo(1_000_000_000_000L);
    assertThat(merged.m2()).isCloseTo(m2, within(1e-12 * m2));
    assertThat(merged.mean()).isCloseTo(mean, within(1e-13 * mean));
  }

  private static BigDecimal squaresWithin() {
    return BigDecimal.valueOf(2.0 * MILLION).multiply(BigDecimal.valueOf(MILLION));
  }

  /**
   * N summaries: the squares of their distances from the middle add up to N (N² − 1) ÷ 12 steps.
   */
  private static BigDecimal squaresBetween(double step) {
    BigDecimal n = BigDecimal.valueOf(MILLION);
    BigDecimal steps =
        n.multiply(n.pow(2).subtract(BigDecimal.ONE))
            .divide(BigDecimal.valueOf(12), MathContext.DECIMAL128);
    return steps.multiply(new BigDecimal(step).pow(2)).multiply(n);
  }

  /** Summaries of 1, 3 or 300 activations, one after the other, up to 3,000 of them. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 1e2, 1e4, 1e6, 1e7})
  void aMeanFarFromZeroCostsDigitsInProportion(double deviationsFromZero) {
    Random random = new Random(5);
    for (int size : new int[] {1, 3, 300}) {
      List<Double> values = new ArrayList<>();
      Moments merged = Moments.EMPTY;
      while (values.size() < 3_000) {
        double[] some =
            random.doubles(size).map(u -> deviationsFromZero + Math.sqrt(12) * (u - 0.5)).toArray();
        DoubleStream.of(some).forEach(values::add);
        merged = merged.merge(Moments.of(some));
      }
      double m2 = Naive.m2(values);
      assertThat(merged.m2()).isCloseTo(m2, within(m2 * (1e-14 + 4e-16 * deviationsFromZero)));
      assertThat(merged.mean())
          .isCloseTo(Naive.mean(values), within(1e-14 + 1e-14 * deviationsFromZero));
    }
  }

  /** Everything that single precision holds, side by side and alone. */
  @Test
  void hugeAndSubnormalActivationsMergeAsAnyOthers() {
    double[][] sets = {
      {1e30, -1e30, 0, 1},
      {Float.MAX_VALUE, -Float.MAX_VALUE},
      {Float.MIN_VALUE, 3 * (double) Float.MIN_VALUE, 0},
      {1e-42, 2e-42, -1e-42},
      {1e30, 1e-42, 0, -3},
    };
    List<Double> all = new ArrayList<>();
    Moments merged = Moments.EMPTY;
    for (double[] set : sets) {
      List<Double> values = DoubleStream.of(set).boxed().toList();
      Moments single =
          values.stream().map(value -> Moments.of(value)).reduce(Moments.EMPTY, Moments::merge);
      assertExact(Moments.of(set), values);
      assertExact(single, values);
      all.addAll(values);
      merged = merged.merge(single);
    }
    assertExact(merged, all);
  }

  private static void assertExact(Moments moments, List<Double> values) {
    double m2 = Naive.m2(values);
    assertThat(moments.m2()).isCloseTo(m2, within(1e-14 * m2)).isPositive();
    assertThat(moments.mean())
        .isCloseTo(Naive.mean(values), within(1e-14 * Math.sqrt(m2 / values.size())));
  }

  @Test
  void equalActivationsHaveNoVarianceHoweverTheyAreMerged() {
    for (double value : new double[] {0, 0.1f, 1e30f, Float.MIN_VALUE, -1 / 3.0}) {
      Moments merged = Moments.EMPTY;
      for (int size : new int[] {1, 3, 7, 1, 2}) {
        double[] equal = new double[size];
        Arrays.fill(equal, value);
        merged = merged.merge(Moments.of(equal));
      }
      assertThat(merged).isEqualTo(new Moments(14, value, 0, value, value));
    }
  }

  @Test
  void aSingleActivationIsItsOwnMeanWithoutVariance() {
    assertThat(Moments.of(-1e-42)).isEqualTo(new Moments(1, -1e-42, 0, -1e-42, -1e-42));
    assertThat(Moments.of(7).variance()).isZero();
  }
}
