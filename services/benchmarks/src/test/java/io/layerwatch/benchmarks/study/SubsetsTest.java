package io.layerwatch.benchmarks.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SubsetsTest {

  @Test
  void allAreThereInOrder() {
    assertThat(Subsets.of(4, 2))
        .containsExactly(
            List.of(0, 1),
            List.of(0, 2),
            List.of(0, 3),
            List.of(1, 2),
            List.of(1, 3),
            List.of(2, 3));
  }

  @Test
  void theyAreCountedWithoutMakingThem() {
    assertThat(Subsets.count(4, 2)).isEqualTo(6);
    assertThat(Subsets.count(5, 1)).isEqualTo(5);
    assertThat(Subsets.count(12, 3)).isEqualTo(Subsets.of(12, 3).size()).isEqualTo(220);
    assertThat(Subsets.count(32, 8)).isEqualTo(10_518_300);
    assertThat(Subsets.count(126, 31)).isEqualTo(Long.MAX_VALUE);
  }
}
