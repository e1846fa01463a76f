package io.layerwatch.benchmarks.overhead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  private static final List<Variant> VARIANTS = List.of(Variant.OFF, Variant.EVERYTHING);

  @Test
  void extraTimeIsTheRatioOfRatesOfTheSameRound() {
    // 24 % and 8 % more time.
    Comparison comparison =
        new Comparison("x", VARIANTS, List.of(List.of(124.0, 100.0), List.of(108.0, 100.0)));
    assertThat(comparison.rows())
        .containsExactly(
            "| x | no probe | 116.0 | | |",
            "| x | everything observed | 100.0 | +16.0 % | +12.0 to +20.0 % |");
  }

  @Test
  void thereIsSomethingToCompare() {
    assertThatThrownBy(() -> new Comparison("x", VARIANTS, List.of()))
        .hasMessage("rounds: expected 1 or more, got none");
  }
}
