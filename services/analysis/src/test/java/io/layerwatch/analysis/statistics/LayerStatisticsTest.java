package io.layerwatch.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LayerStatisticsTest {

  private static final NearZeroLadder NONE = NearZeroLadder.empty();

  @Test
  void blockInfluenceIsOneLessTheMeanCosine() {
    // Three tokens with cosines 1, 0.5 and 0: 1 − 1.5 ÷ 3.
    LayerStatistics statistics = new LayerStatistics(3, 0, Moments.of(1, 2, 3), 0, NONE, 0, 1.5);

    assertThat(statistics.blockInfluence()).hasValue(0.5);
  }

  @Test
  void aHeartbeatHasNeitherBlockInfluenceNorSparsityNorPooledVariance() {
    LayerStatistics heartbeat = LayerStatistics.empty(0.01);

    assertThat(heartbeat.blockInfluence()).isEmpty();
    assertThat(heartbeat.sparsity(0.01)).isEmpty();
    assertThat(heartbeat.pooledVariance()).isEmpty();
  }

  @Test
  void twoHeartbeatsAreAHeartbeat() {
    assertThat(LayerStatistics.empty(0.01).merge(LayerStatistics.empty(0.01)))
        .isEqualTo(LayerStatistics.empty(0.01));
  }

  @Test
  void impossibleStatisticsAreRefused() {
    assertThatThrownBy(() -> new LayerStatistics(0, 0, Moments.of(1), 0, NONE, 0, 0))
        .hasMessage("tokens: expected more than 0 with 1 activations, got 0");
    assertThatThrownBy(() -> new LayerStatistics(1, 2, Moments.of(1), 0, NONE, 0, 0))
        .hasMessage("sequences: expected at most 1, one for each token, got 2");
    assertThatThrownBy(() -> new LayerStatistics(1, 0, Moments.of(1), 0, NONE, 0, 1.1))
        .hasMessage("cosineSum: expected at most 1 in size, one a token, got 1.1");
    assertThatThrownBy(() -> new LayerStatistics(1, 0, Moments.of(1), 0, NONE, 2, 1))
        .hasMessage("pooledVarianceSum: expected 0 without sequences, got 2.0");
    var two = new NearZeroLadder(new double[] {0.1}, new long[] {2});
    assertThatThrownBy(() -> new LayerStatistics(1, 0, Moments.of(0.01), 0, two, 0, 1))
        .hasMessage("nearZero: expected at most 1, the finite activations, got 2");
  }
}
