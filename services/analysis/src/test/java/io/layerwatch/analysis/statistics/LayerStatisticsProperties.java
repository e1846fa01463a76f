package io.layerwatch.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LayerStatisticsProperties {

  private static final double[] LADDER = {0.01, 0.1};

  /** One token: its activations, its cosine, and the pooled variance if it ends a prefill. */
  record Token(List<Double> activations, double cosine, double pooledVariance) {}

  @Property(tries = 200)
  void anySplitMergedAnyhowEqualsOnePassOverAllTokens(
      @ForAll @IntRange(min = 1, max = 60) int size,
      @ForAll @IntRange(min = 1, max = 8) int parts,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<Token> tokens = tokens(size, random);
    List<LayerStatistics> split =
        Splits.split(tokens, parts, random).stream()
            .map(LayerStatisticsProperties::statistics)
            .toList();

    LayerStatistics merged = Splits.mergeAnyhow(split, LayerStatistics::merge, random);

    List<Double> finite =
        tokens.stream().flatMap(t -> t.activations().stream()).filter(Double::isFinite).toList();
    assertThat(merged.tokens()).isEqualTo(size);
    assertThat(merged.sequences())
        .isEqualTo(tokens.stream().filter(t -> t.pooledVariance() > 0).count());
    assertThat(merged.nonFinite()).isEqualTo(4L * size - finite.size());
    assertThat(merged.moments().variance())
        .isCloseTo(Naive.m2(finite) / finite.size(), within(1e-12 * Naive.m2(finite)));
    assertThat(merged.sparsity(0.1).orElseThrow())
        .isEqualTo((double) finite.stream().filter(x -> Math.abs(x) < 0.1).count() / finite.size());
    assertThat(merged.cosineSum())
        .isCloseTo(tokens.stream().mapToDouble(Token::cosine).sum(), within(1e-12 * size));
    assertThat(merged.pooledVarianceSum())
        .isCloseTo(tokens.stream().mapToDouble(Token::pooledVariance).sum(), within(1e-12 * size));
  }

  @Property(tries = 100)
  void heartbeatsAreIdentitiesWhateverTheirLadder(@ForAll long seed) {
    LayerStatistics some = statistics(tokens(5, new Random(seed)));

    for (LayerStatistics heartbeat :
        List.of(
            LayerStatistics.empty(LADDER), LayerStatistics.empty(), LayerStatistics.empty(0.5))) {
      assertThat(some.merge(heartbeat)).isEqualTo(some);
      assertThat(heartbeat.merge(some)).isEqualTo(some);
    }
  }

  private static List<Token> tokens(int size, Random random) {
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      List<Double> activations = new ArrayList<>();
      for (int unit = 0; unit < 4; unit++) {
        activations.add(
            unit > 0 && random.nextInt(20) == 0 ? Double.NaN : random.nextGaussian() + 0.3);
      }
      tokens.add(
          new Token(
              activations,
              2 * random.nextDouble() - 1,
              random.nextBoolean() ? random.nextDouble() + 0.1 : 0));
    }
    return tokens;
  }

  private static LayerStatistics statistics(List<Token> tokens) {
    double[] all =
        tokens.stream()
            .flatMap(token -> token.activations().stream())
            .mapToDouble(Double::doubleValue)
            .toArray();
    Moments moments = Moments.of(all);
    return new LayerStatistics(
        tokens.size(),
        tokens.stream().filter(token -> token.pooledVariance() > 0).count(),
        moments,
        all.length - moments.count(),
        NearZeroLadder.of(LADDER, all),
        tokens.stream().mapToDouble(Token::pooledVariance).sum(),
        tokens.stream().mapToDouble(Token::cosine).sum());
  }
}
