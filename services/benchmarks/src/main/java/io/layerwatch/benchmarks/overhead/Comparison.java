package io.layerwatch.benchmarks.overhead;

import io.layerwatch.benchmarks.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Several ways of doing the same work, timed in turns; the first is what the others are held
 * against.
 *
 * @param work what was done
 * @param variants the ways
 * @param rounds for each round, how many tokens a second each way did
 */
record Comparison(String work, List<Variant> variants, List<List<Double>> rounds) {

  Comparison {
    variants = List.copyOf(variants);
    rounds = List.copyOf(rounds);
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("rounds: expected 1 or more, got none");
    }
  }

  static String header() {
    return """
        | work | variant | tokens/s, median | extra time, median | middle half of rounds |
        |---|---|---|---|---|""";
  }

  /** Rows of the report's table. */
  List<String> rows() {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < variants.size(); i++) {
      int variant = i;
      Spread rate = Spread.of(rounds.stream().map(round -> round.get(variant)).toList());
      String row =
          String.format(
              Locale.ROOT, "| %s | %s | %.1f |", work, variants.get(i).words(), rate.median());
      rows.add(i == 0 ? row + " | |" : row + extra(variant));
    }
    return rows;
  }

  private String extra(int variant) {
    Spread extra = extraTime(variant);
    return String.format(
        Locale.ROOT,
        " %+.1f %% | %+.1f to %+.1f %% |",
        100 * extra.median(),
        100 * extra.low(),
        100 * extra.high());
  }

  /** Extra time as a share of the first variant's in the same round: 0.05 is five percent more. */
  Spread extraTime(int variant) {
    return Spread.of(rounds.stream().map(round -> round.get(0) / round.get(variant) - 1).toList());
  }
}
