package io.layerwatch.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Two ways of doing the same work, timed in turns.
 *
 * @param name what was done
 * @param unit what a second yields, such as tokens
 * @param rounds one or more
 */
record Comparison(String name, String unit, List<Round> rounds) {

  /** Units a second, without and with, measured one right after the other. */
  record Round(double without, double with) {

    /** Extra time as a share of the time without: 0.05 is five percent more. */
    double extraShare() {
      return without / with - 1;
    }
  }

  Comparison {
    rounds = List.copyOf(rounds);
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("rounds: expected 1 or more, got none");
    }
  }

  /** The value below which that share of the rounds lies, interpolated. */
  double quantile(double share, ToDoubleFunction<Round> value) {
    return Spread.quantile(share, rounds.stream().map(value::applyAsDouble).toList());
  }

  /** One row of the report's table. */
  String row() {
    return String.format(
        Locale.ROOT,
        "| %s | %.0f %s/s | %.0f %s/s | %+.1f %% | %+.1f to %+.1f %% |",
        name,
        quantile(0.5, Round::without),
        unit,
        quantile(0.5, Round::with),
        unit,
        100 * quantile(0.5, Round::extraShare),
        100 * quantile(0.25, Round::extraShare),
        100 * quantile(0.75, Round::extraShare));
  }
}
