package io.layerwatch.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class MomentsProperties {

  /** Activations of any scale, up to 100 standard deviations from zero. */
  @Provide
  Arbitrary<List<Double>> activations() {
    Arbitrary<Double> offset = Arbitraries.doubles().between(-100, 100);
    Arbitrary<Double> scale = Arbitraries.of(1e-6, 1.0, 1e6);
    Arbitrary<Long> seed = Arbitraries.longs();
    Arbitrary<Integer> size = Arbitraries.integers().between(1, 300);
    return Combinators.combine(offset, scale, seed, size)
        .as(
            (mean, sd, start, count) -> {
              Random random = new Random(start);
              return random.doubles(count).map(u -> sd * (mean + 3.4 * (u - 0.5))).boxed().toList();
            });
  }

  @Property(tries = 300)
  void anySplitMergedInAnyOrderAndGroupingEqualsOnePass(
      @ForAll("activations") List<Double> values,
      @ForAll @IntRange(min = 1, max = 20) int parts,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<Moments> split =
        Splits.split(values, parts, random).stream().map(MomentsProperties::moments).toList();

    Moments merged = Splits.mergeAnyhow(split, Moments::merge, random);

    assertMatches(merged, values);
  }

  @Property(tries = 300)
  void onePassEqualsExactArithmetic(@ForAll("activations") List<Double> values) {
    assertMatches(moments(values), values);
  }

  @Property(tries = 200)
  void mergeOfSetsOfDifferentSizeIsCommutativeToTheLastBit(
      @ForAll("activations") List<Double> some, @ForAll("activations") List<Double> others) {
    Moments one = moments(some);
    Moments other = moments(others);

    Assume.that(one.count() != other.count());
    assertThat(one.merge(other)).isEqualTo(other.merge(one));
  }

  @Property(tries = 100)
  void emptyIsTheIdentityOnBothSides(@ForAll("activations") List<Double> values) {
    Moments moments = moments(values);

    assertThat(moments.merge(Moments.EMPTY)).isEqualTo(moments);
    assertThat(Moments.EMPTY.merge(moments)).isEqualTo(moments);
  }

  private static void assertMatches(Moments moments, List<Double> values) {
    double mean = Naive.mean(values);
    double m2 = Naive.m2(values);
    double largest = values.stream().mapToDouble(Math::abs).max().orElseThrow();
    assertThat(moments.count()).isEqualTo(values.size());
    // A mean that cancels to almost zero is exact relative to what was added up.
    assertThat(moments.mean()).isCloseTo(mean, within(1e-12 * Math.max(Math.abs(mean), largest)));
    // Equal values leave the square of one rounding.
    assertThat(moments.m2()).isCloseTo(m2, within(1e-12 * m2 + 1e-28 * largest * largest));
    assertThat(moments.min()).isEqualTo(values.stream().min(Double::compare).orElseThrow());
    assertThat(moments.max()).isEqualTo(values.stream().max(Double::compare).orElseThrow());
  }

  private static Moments moments(List<Double> values) {
    return Moments.of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
