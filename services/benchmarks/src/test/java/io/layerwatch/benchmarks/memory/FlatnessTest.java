package io.layerwatch.benchmarks.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlatnessTest {

  @Test
  void whatTheFirstHalfTakesDoesNotCount() {
    Flatness flatness = new Flatness(resident(400, 500, 600, 700, 800, 1000, 1000, 1001, 1003));
    assertThat(flatness.growth(Sample::resident)).isCloseTo(0.002, within(1e-9));
    assertThat(flatness.holds()).isTrue();
    assertThat(flatness.verdict()).contains("RSS +0.20 %", "arrays 7 to 7: flat");
  }

  @Test
  void steadyGrowthIsNotFlat() {
    // 1015 and 1005 are the middles of the last quarter and the one before.
    Flatness flatness = new Flatness(resident(960, 965, 970, 980, 990, 1000, 1010, 1015, 1027));
    assertThat(flatness.growth(Sample::resident)).isCloseTo(1021.0 / 1005 - 1, within(1e-9));
    assertThat(flatness.holds()).isFalse();
    assertThat(flatness.verdict()).endsWith("NOT FLAT");
  }

  @Test
  void objectsThatPileUpAreNotFlat() {
    List<Sample> samples = new ArrayList<>(resident(1, 1, 1, 1, 1));
    samples.set(3, new Sample(3, 3, 1, 1000, 1, 7));
    samples.set(4, new Sample(4, 4, 1, 1019, 1, 7));
    assertThat(new Flatness(samples).holds()).isTrue();
    samples.set(4, new Sample(4, 4, 1, 1021, 1, 7));
    assertThat(new Flatness(samples).holds()).isFalse();
  }

  @Test
  void oneArrayThatStaysOpenIsNotFlat() {
    List<Sample> samples = new ArrayList<>(resident(1, 1, 1, 1, 1));
    samples.set(4, new Sample(4, 4, 1, 1, 1, 8));
    assertThat(new Flatness(samples).holds()).isFalse();
  }

  @Test
  void aQuarterHasASample() {
    assertThatThrownBy(() -> new Flatness(resident(1, 1, 1, 1)))
        .hasMessage("samples: expected 5 or more, four quarters and a start, got 4");
  }

  private static List<Sample> resident(long... bytes) {
    return IntStream.range(0, bytes.length)
        .mapToObj(i -> new Sample(i, i, bytes[i], 1, 1, 7))
        .toList();
  }
}
