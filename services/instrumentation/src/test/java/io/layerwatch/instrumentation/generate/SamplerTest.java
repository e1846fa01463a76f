package io.layerwatch.instrumentation.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
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
  void penaltiesCountWhatWasGenerated() {
    Sampler sampler = new Sampler(greedy(0.2, 0.1, Map.of()));
    // ln 0.5 = -0.693, then -0.993, then -1.093, then -1.193; ln 0.3 = -1.204.
    assertThat(draw(sampler, 4)).containsExactly(1, 1, 1, 1);
    // Then -1.293 is less.
    assertThat(draw(sampler, 1)).containsExactly(0);
  }

  @Test
  void aPresencePenaltyDoesNotGrow() {
    Sampler sampler = new Sampler(greedy(0.4, 0, Map.of()));
    // -0.693 - 0.4 stays above -1.204, however often.
    assertThat(draw(sampler, 20)).containsOnly(1);
  }

  @Test
  void aBiasBansAndForces() {
    assertThat(draw(new Sampler(greedy(0, 0, Map.of(1, -100.0))), 1)).containsExactly(0);
    assertThat(draw(new Sampler(greedy(0, 0, Map.of(2, 100.0))), 1)).containsExactly(2);
  }

  /** Against sorting everything, with ties. */
  @Property(tries = 200)
  void theNucleusIsTheOneOfAFullSort(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(min = -8, max = 8) Integer> drawn,
      @ForAll @IntRange(min = 1, max = 99) int percent,
      @ForAll long seed) {
    float[] logits = new float[drawn.size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = drawn.get(i) / 2f;
    }
    double topP = percent / 100.0;
    double best = IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).max().orElseThrow();
    List<Integer> order =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -logits[i]))
            .toList();
    double sum = order.stream().mapToDouble(i -> Math.exp(logits[i] - best)).sum();
    Set<Integer> nucleus = new HashSet<>();
    double mass = 0;
    for (int i : order) {
      // A hair: sums in another order may differ in the last digit.
      if (mass < topP * sum * (1 + 1e-9)) {
        nucleus.add(i);
      }
      mass += Math.exp(logits[i] - best);
    }
    Sampler sampler = new Sampler(new Sampling(1, topP, OptionalLong.of(seed)));
    for (int i = 0; i < 50; i++) {
      assertThat(nucleus).contains(sampler.next(logits));
    }
  }

  private static Sampling greedy(double presence, double frequency, Map<Integer, Double> biases) {
    return new Sampling(0, 1, OptionalLong.empty(), presence, frequency, biases);
  }

  private static List<Integer> draw(Sampler sampler, int count) {
    return IntStream.range(0, count).mapToObj(i -> sampler.next(LOGITS)).toList();
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
