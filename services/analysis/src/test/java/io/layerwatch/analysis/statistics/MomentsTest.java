package io.layerwatch.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MomentsTest {

  @Test
  void momentsOfOneTwoThreeFour() {
    Moments moments = Moments.of(1, 2, 3, 4);

    assertThat(moments).isEqualTo(new Moments(4, 2.5, 5.0, 1, 4));
    assertThat(moments.variance()).isEqualTo(1.25);
  }

  @Test
  void mergeOfTwoHalvesIsTheWhole() {
    assertThat(Moments.of(1, 2).merge(Moments.of(3, 4))).isEqualTo(Moments.of(1, 2, 3, 4));
  }

  @Test
  void valuesThatAreNotFiniteArePassedOver() {
    assertThat(Moments.of(Double.NaN, 1, Double.POSITIVE_INFINITY, 3)).isEqualTo(Moments.of(1, 3));
    assertThat(Moments.of(Double.NaN)).isEqualTo(Moments.EMPTY);
  }

  @Test
  void aSmallVarianceSurvivesALargeMean() {
    assertThat(Moments.of(1e9 + 1, 1e9 + 2, 1e9 + 3).m2()).isEqualTo(2.0);
  }

  @Test
  void aSingleFarOffValueLeavesTheMeanOfMillionsExact() {
    // (1e12 · 1 + 1e6) ÷ (1e12 + 1), worked in exact fractions.
    Moments many = new Moments(1_000_000_000_000L, 1, 1, 0, 2);
    Moments single = Moments.of(1e6);
    double expected = 1.000000999998999;

    assertThat(single.merge(many).mean()).isCloseTo(expected, within(1e-15));
    assertThat(many.merge(single).mean()).isCloseTo(expected, within(1e-15));
  }

  @Test
  void noNumbersHaveNoRange() {
    assertThat(new Moments(0, 7, 7, 7, 7)).isEqualTo(Moments.EMPTY);
  }

  @Test
  void impossibleMomentsAreRefused() {
    assertThatThrownBy(() -> new Moments(-1, 0, 0, 0, 0))
        .hasMessage("count: expected 0 or more, got -1");
    assertThatThrownBy(() -> new Moments(2, 0, -1, 0, 0))
        .hasMessage("m2: expected 0 or more, got -1.0");
    assertThatThrownBy(() -> new Moments(2, Double.NaN, 1, 0, 0))
        .hasMessage("mean: expected a finite number, got NaN");
    assertThatThrownBy(() -> new Moments(2, 0, 1, 1, 0))
        .hasMessage("min: expected at most max 0.0, got 1.0");
  }
}
