package io.layerwatch.analysis.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.analysis.Examples;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RankingTest {

  @Test
  void lowestFirstAndEqualScoresInOrderOfLayer() {
    assertThat(Ranking.ascending(Map.of(0, 2.0, 1, 1.0, 2, 2.0, 3, 0.5)))
        .containsExactly(3, 1, 0, 2);
  }

  @Test
  void rankingsReadTheirOwnScore() {
    LayerScore layer = Examples.window(0, 5.0).layers().get(0);

    assertThat(Ranking.AVSS.score(layer).orElseThrow()).isEqualTo(5.0);
    assertThat(Ranking.BLOCK_INFLUENCE.score(layer).orElseThrow()).isCloseTo(0.1, within(1e-12));
    assertThat(Ranking.POOLED_AVSS.score(layer)).isEmpty();
    assertThat(Ranking.POOLED_AVSS.weakness(layer))
        .contains("undefined: no sequence was prefilled");
    assertThat(Ranking.AVSS.weakness(layer)).isEmpty();
    assertThat(Ranking.BLOCK_INFLUENCE.weakness(layer)).isEmpty();
  }

  @Test
  void rankingsAreNamedAsOnTheWire() {
    assertThat(Ranking.ids()).isEqualTo("avss, pooled-avss, block-influence");
    assertThat(Ranking.ofId("block-influence")).contains(Ranking.BLOCK_INFLUENCE);
    assertThat(Ranking.ofId("AVSS")).isEmpty();
  }
}
