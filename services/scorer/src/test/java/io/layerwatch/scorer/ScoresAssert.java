package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.score.ModelScores;
import java.util.List;
import java.util.OptionalDouble;

/** Compares windows whole; doubles to 1e-12, since the wire restores sums from means. */
final class ScoresAssert {

  private ScoresAssert() {}

  static void assertSame(List<ModelScores> actual, List<ModelScores> expected) {
    assertThat(expected).isNotEmpty();
    assertThat(actual)
        .usingRecursiveComparison()
        .withComparatorForType(ScoresAssert::compare, Double.class)
        .withComparatorForType(ScoresAssert::compareOptional, OptionalDouble.class)
        .isEqualTo(expected);
  }

  private static int compare(double a, double b) {
    return Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b)) ? 0 : Double.compare(a, b);
  }

  private static int compareOptional(OptionalDouble a, OptionalDouble b) {
    return a.isPresent() && b.isPresent()
        ? compare(a.getAsDouble(), b.getAsDouble())
        : Boolean.compare(a.isPresent(), b.isPresent());
  }
}
