package io.layerwatch.instrumentation.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {

  /** Probabilities 0.5, 0.3, 0.2 at temperature 1. */
  private static final float[] LOGITS = {ln(0.3), ln(0.5), ln(0.2)};

  @Test
  void greedyTakesTheMostLikely() {
    assertThat(new Sampler(Sampling.GREEDY).next(LOGITS)).isEqualTo(1);
  }

  @Test
  void tokensAreDrawnByTheirProbability() {
    double[] shares = shares(1, 1);
    assertThat(shares[0]).isCloseTo(0.3, within(0.01));
    assertThat(shares[1]).isCloseTo(0.5, within(0.01));
    assertThat(shares[2]).isCloseTo(0.2, within(0.01));
  }

  @Test
  void temperatureFlattensAndSharpens() {
    // At temperature 1/2 probabilities are squared: 0.09, 0.25, 0.04 of 0.38.
    assertThat(shares(0.5, 1)[1]).isCloseTo(0.25 / 0.38, within(0.01));
    assertThat(shares(100, 1)[2]).isCloseTo(1.0 / 3, within(0.01));
  }

  @Test
  void topPKeepsTheFewestThatReachIt() {
    assertThat(shares(1, 0.5)).containsExactly(0, 1, 0);
    double[] two = shares(1, 0.6);
    assertThat(two[2]).isZero();
    assertThat(two[0]).isCloseTo(0.3 / 0.8, within(0.01));
  }

  @Test
  void aSeedRepeatsTheDraw() {
    Sampling sampling = new Sampling(1, 1, OptionalLong.of(42));
    assertThat(sequence(new Sampler(sampling))).isEqualTo(sequence(new Sampler(sampling)));
    assertThat(sequence(new Sampler(sampling)))
        .isNotEqualTo(sequence(new Sampler(new Sampling(1, 1, OptionalLong.of(43)))));
  }

  @Test
  void logitsThatAreNotFiniteFailNothing() {
    Sampler drawing = new Sampler(new Sampling(1, 0.9, OptionalLong.of(1)));
    assertThat(drawing.next(new float[] {Float.NaN, 1, Float.NaN})).isEqualTo(1);
    assertThat(drawing.next(new float[] {Float.NaN, Float.NaN})).isBetween(0, 1);
    assertThat(drawing.next(new float[] {0, Float.POSITIVE_INFINITY})).isEqualTo(1);
    assertThat(new Sampler(Sampling.GREEDY).next(new float[] {Float.NaN, 1, 2})).isEqualTo(2);
  }

  private static double[] shares(double temperature, double topP) {
    Sampler sampler = new Sampler(new Sampling(temperature, topP, OptionalLong.of(7)));
    int draws = 50_000;
    double[] shares = new double[LOGITS.length];
    for (int i = 0; i < draws; i++) {
      shares[sampler.next(LOGITS)] += 1.0 / draws;
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] = Math.round(shares[i] * 1e9) / 1e9;
    }
    return shares;
  }

  private static String sequence(Sampler sampler) {
    StringBuilder drawn = new StringBuilder();
    IntStream.range(0, 50).forEach(i -> drawn.append(sampler.next(LOGITS)));
    return drawn.toString();
  }

  private static float ln(double probability) {
    return (float) Math.log(probability);
  }
}
