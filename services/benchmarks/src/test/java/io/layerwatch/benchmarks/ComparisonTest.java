package io.layerwatch.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.benchmarks.Comparison.Round;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void extraTimeIsTheRatioOfRates() {
    // 24 % and 8 % more time.
    assertThat(
            new Comparison("x", "tokens", List.of(new Round(124, 100), new Round(108, 100))).row())
        .isEqualTo("| x | 116 tokens/s | 100 tokens/s | +16.0 % | +12.0 to +20.0 % |");
  }

  @Test
  void quantilesInterpolate() {
    Comparison comparison =
        new Comparison(
            "x",
            "tokens",
            List.of(new Round(4, 1), new Round(1, 1), new Round(3, 1), new Round(2, 1)));
    assertThat(comparison.quantile(0.5, Round::without)).isEqualTo(2.5);
    assertThat(comparison.quantile(0, Round::without)).isEqualTo(1);
    assertThat(comparison.quantile(1, Round::without)).isEqualTo(4);
  }
}
