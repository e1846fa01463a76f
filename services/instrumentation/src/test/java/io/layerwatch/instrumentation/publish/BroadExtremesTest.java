package io.layerwatch.instrumentation.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BroadExtremesTest {

  @ParameterizedTest
  @CsvSource({
    "-3, 5, -16, 16",
    "-16, 16, -16, 16",
    "-17, 16.5, -256, 256",
    "2, 3, 1, 16",
    "-3, -2, -16, -1",
    "0, 0, 0, 0",
    "-0.01, 0.07, -0.0625, 1",
    "-3.4e38, -1.4e-45, -3.4028236692093846e38, -1.7516230804060213e-46",
  })
  void areTheNextPowersOf16Outwards(double min, double max, double broadMin, double broadMax) {
    LayerStatistics exact =
        new LayerStatistics(
            2, 1, new Moments(2, (min + max) / 2, 1, min, max), 0, NearZeroLadder.empty(1), 1, 1);
    LayerStatistics broad = BroadExtremes.of(exact);
    assertThat(broad.moments()).isEqualTo(new Moments(2, (min + max) / 2, 1, broadMin, broadMax));
  }
}
