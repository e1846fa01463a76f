package io.layerwatch.scorer;

import io.layerwatch.scorer.Flush.Again;
import io.layerwatch.scorer.Flush.Token;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Scenarios at random, which shrink to few flushes of few tokens of plain activations. */
final class Scenarios {

  private static final int HIDDEN = 3;

  private Scenarios() {}

  /** Where a scenario's activations lie. */
  private record Range(float offset, float scale) {

    Flush apply(Flush flush) {
      return new Flush(
          flush.model(),
          flush.host(),
          flush.slot(),
          flush.site(),
          flush.prefilled(),
          flush.tokens().stream().map(this::apply).toList(),
          flush.delayed(),
          flush.again());
    }

    private Token apply(Token token) {
      return new Token(
          token.layers().stream()
              .map(layer -> layer.stream().map(x -> offset + scale * x).toList())
              .toList(),
          token.cosine());
    }
  }

  static Arbitrary<Scenario> any() {
    Arbitrary<Range> ranges =
        Arbitraries.of(
            new Range(0, 1),
            new Range(0, 0.01f),
            new Range(1e3f, 1),
            new Range(1e5f, 1),
            new Range(0, 1e30f),
            // Subnormal in single precision.
            new Range(0, 1e-42f));
    Arbitrary<List<Flush>> flushes = flush().list().ofMinSize(1).ofMaxSize(14);
    Arbitrary<List<Integer>> turns = Arbitraries.integers().between(0, 8).list().ofMaxSize(30);
    return Combinators.combine(ranges, flushes, turns, Arbitraries.integers().between(1, 3))
        .as(
            (range, plain, order, partitions) ->
                new Scenario(plain.stream().map(range::apply).toList(), order, partitions));
  }

  static Arbitrary<Flush> flush() {
    return Combinators.combine(
            Arbitraries.of("demo@r1", "demo@r2", "other@r1"),
            Arbitraries.of("host-1", "host-2", "host-3"),
            Arbitraries.integers().between(0, Scenario.WINDOWS * Flush.SLOTS_OF_WINDOW - 1),
            Arbitraries.of("block-output", "relative-contribution"),
            Arbitraries.of(false, true),
            token().list().ofMaxSize(4),
            Arbitraries.frequency(Tuple.of(3, false), Tuple.of(1, true)),
            Arbitraries.frequency(
                Tuple.of(6, Again.NEVER),
                Tuple.of(1, Again.AT_ONCE),
                Tuple.of(1, Again.AFTER_CLOSING)))
        .as(Flush::new);
  }

  private static Arbitrary<Token> token() {
    return Combinators.combine(
            activation().list().ofSize(HIDDEN).list().ofSize(Flush.LAYERS),
            Arbitraries.doubles().between(-1, 1).ofScale(2))
        .as(Token::new);
  }

  private static Arbitrary<Float> activation() {
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.of(0f, 1f, -1f, 2f)),
        Tuple.of(8, Arbitraries.floats().between(-4, 4).ofScale(3)),
        Tuple.of(1, Arbitraries.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)));
  }
}
