package io.layerwatch.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class NearZeroLadderProperties {

  private static final double[] LADDER = {1e-5, 1e-3, 0.1, 0.5};

  @Property(tries = 200)
  void anySplitMergedAnyhowCountsWhatANaiveCountDoes(
      @ForAll @Size(max = 100) List<@DoubleRange(min = -1, max = 1) Double> values,
      @ForAll @IntRange(min = 1, max = 9) int parts,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<NearZeroLadder> split =
        Splits.split(values, parts, random).stream()
            .map(part -> NearZeroLadder.of(LADDER, array(part)))
            .toList();

    NearZeroLadder merged = Splits.mergeAnyhow(split, NearZeroLadder::merge, random);

    for (double threshold : LADDER) {
      long naive = values.stream().filter(x -> -threshold < x && x < threshold).count();
      assertThat(merged.countBelow(threshold)).hasValue(naive);
    }
  }

  @Property(tries = 200)
  void differingLaddersKeepWhatAllCountedInAnyOrder(
      @ForAll @NotEmpty @Size(max = 5)
          List<@NotEmpty Set<@IntRange(min = 1, max = 6) Integer>> ladders,
      @ForAll long seed) {
    List<NearZeroLadder> parts =
        ladders.stream()
            .map(
                rungs ->
                    NearZeroLadder.of(
                        new TreeSet<>(rungs).stream().mapToDouble(rung -> rung / 10.0).toArray(),
                        0.05,
                        0.35))
            .toList();
    Set<Integer> common = new TreeSet<>(ladders.get(0));
    ladders.forEach(common::retainAll);

    NearZeroLadder merged = Splits.mergeAnyhow(parts, NearZeroLadder::merge, new Random(seed));

    assertThat(DoubleStream.of(merged.thresholds()).mapToLong(t -> Math.round(t * 10)).toArray())
        .containsExactly(common.stream().mapToLong(Integer::longValue).toArray());
    common.forEach(
        rung ->
            assertThat(merged.countBelow(rung / 10.0))
                .hasValue((rung >= 4 ? 2L : 1L) * ladders.size()));
  }

  @Test
  void theThresholdItselfIsNotBelowIt() {
    assertThat(NearZeroLadder.of(new double[] {0.1}, 0.1, -0.1, 0.0999, 0, Double.NaN))
        .isEqualTo(new NearZeroLadder(new double[] {0.1}, new long[] {2}));
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
