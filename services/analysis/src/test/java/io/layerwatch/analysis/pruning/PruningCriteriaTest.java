package io.layerwatch.analysis.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.analysis.score.Ranking;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PruningCriteriaTest {

  @Test
  void defaultsFollowTheEvidence() {
    PruningCriteria criteria = PruningCriteria.DEFAULT;

    assertThat(criteria.windows()).isEqualTo(10);
    assertThat(criteria.share()).isEqualTo(0.25);
    assertThat(criteria.ranking()).isEqualTo(Ranking.AVSS);
    assertThat(criteria.site()).isEqualTo("relative-contribution");
    assertThat(criteria.minimumJaccard()).isEqualTo(0.9);
    assertThat(criteria.maximumSpread()).isEqualTo(0.25);
    assertThat(criteria.minimumTokens()).isEqualTo(1_000);
    assertThat(criteria.protectedLayers()).isEmpty();
    assertThat(criteria.withdrawAfter()).isEqualTo(3);
  }

  @Test
  void theShareIsACountRoundedDown() {
    assertThat(PruningCriteria.DEFAULT.count(3)).isZero();
    assertThat(PruningCriteria.DEFAULT.count(4)).isEqualTo(1);
    assertThat(PruningCriteria.DEFAULT.count(14)).isEqualTo(3);
    assertThat(PruningCriteria.DEFAULT.count(32)).isEqualTo(8);
  }

  @Test
  void aShareThatDoublesCannotHoldStillCountsWhole() {
    assertThat(criteria(10, 0.29, 3).count(100)).isEqualTo(29);
  }

  @Test
  void noMoreLayersAreProposedThanAreUnprotected() {
    assertThat(criteria(10, 0.5, 3, 0, 1, 2, 9).count(4)).isEqualTo(1);
  }

  @Test
  void impossibleCriteriaAreRefused() {
    assertThatThrownBy(() -> criteria(0, 0.25, 3))
        .hasMessage("windows: expected 1 or more, got \"0\"");
    assertThatThrownBy(() -> criteria(10, 1, 3))
        .hasMessage("share: expected a number between 0 and 1, got \"1.0\"");
    assertThatThrownBy(() -> criteria(10, Double.NaN, 3)).hasMessageStartingWith("share:");
    assertThatThrownBy(() -> criteria(2, 0.25, 3))
        .hasMessage("withdrawAfter: expected 1 to windows (2), got \"3\"");
    assertThatThrownBy(() -> criteria(10, 0.25, 3, -1))
        .hasMessage("protectedLayers: expected layers of 0 or more, got \"[-1]\"");
  }

  private static PruningCriteria criteria(
      int windows, double share, int withdrawAfter, Integer... protectedLayers) {
    return new PruningCriteria(
        windows,
        share,
        Ranking.AVSS,
        "block-output",
        0.9,
        0.25,
        1,
        new TreeSet<>(Set.of(protectedLayers)),
        withdrawAfter);
  }
}
