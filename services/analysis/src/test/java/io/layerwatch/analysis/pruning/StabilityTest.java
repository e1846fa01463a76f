package io.layerwatch.analysis.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class StabilityTest {

  @Test
  void jaccardIsWhatIsSharedOfWhatEitherHas() {
    assertThat(Jaccard.similarity(List.of(1, 2, 3), List.of(2, 3, 4))).isEqualTo(0.5);
    assertThat(Jaccard.similarity(List.of(1), List.of(2))).isZero();
    assertThat(Jaccard.similarity(List.of(1, 2), List.of(2, 1))).isEqualTo(1);
    assertThat(Jaccard.similarity(List.of(), List.of())).isEqualTo(1);
  }

  @Test
  void aRunEndsAtTheNewestSetThatDiffers() {
    List<Integer> a = List.of(1, 2);
    List<Integer> b = List.of(1, 3);

    assertThat(Stability.run(List.of(a, a, a), 0.9)).isEqualTo(3);
    assertThat(Stability.run(List.of(a, b, a, a), 0.9)).isEqualTo(2);
    assertThat(Stability.run(List.of(a, a, b), 0.9)).isEqualTo(1);
    assertThat(Stability.run(List.<List<Integer>>of(), 0.9)).isZero();
  }

  @Test
  void setsThatCreepAreNotARun() {
    // Neighbours share half, the first and the last nothing.
    assertThat(Stability.run(List.of(List.of(1, 2, 3), List.of(2, 3, 4), List.of(3, 4, 5)), 0.5))
        .isEqualTo(2);
  }

  @Test
  void spreadIsTheCoefficientOfVariation() {
    // Mean 5, deviations −1 and 1.
    assertThat(Stability.spread(4, 6)).isCloseTo(0.2, within(1e-15));
    assertThat(Stability.spread(-4, -6)).isCloseTo(0.2, within(1e-15));
    assertThat(Stability.spread(3, 3, 3)).isZero();
    assertThat(Stability.spread(0, 0)).isZero();
  }
}
