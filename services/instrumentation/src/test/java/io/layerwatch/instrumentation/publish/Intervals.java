package io.layerwatch.instrumentation.publish;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.instrumentation.publish.SummaryAccumulator.Interval;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Intervals of one site and two layers, whose tokens have one unit each. */
final class Intervals {

  static final double[] LADDER = {0.01};

  private Intervals() {}

  static Map<Site, List<LayerStatistics>> layers(int tokens) {
    double[] values = new double[tokens];
    LayerStatistics statistics =
        new LayerStatistics(
            tokens, 0, Moments.of(values), 0, NearZeroLadder.of(LADDER, values), 0, tokens);
    return Map.of(Site.BLOCK_OUTPUT, List.of(statistics, statistics));
  }

  static Interval of(long startSecond, long endSecond, int tokens) {
    return new Interval(
        new TimeWindow(Instant.ofEpochSecond(startSecond), Instant.ofEpochSecond(endSecond)),
        layers(tokens));
  }
}
