package io.layerwatch.benchmarks.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.benchmarks.capacity.GrowthState.Empty;
import io.layerwatch.benchmarks.capacity.GrowthState.Restart;
import io.layerwatch.benchmarks.capacity.GrowthState.Step;
import io.layerwatch.scorer.size.Costs;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GrowthReportTest {

  private static final Empty EMPTY = new Empty(1_000_000, 50_000_000, 0);

  private final GrowthReport report =
      new GrowthReport(
          Stream.of(GrowthPoint.KEYS, GrowthPoint.REPLICAS).map(GrowthReportTest::rate).toList(),
          List.of(step(1_000, 1_000, 700, 100, 2), step(10_000, 9_000, 700, 100, 20)),
          List.of(
              step(1_000, 1_000, 600, 100, 2),
              step(201_000, 200_000, 400, 100, 20),
              step(401_000, 200_000, 500, 120, 40)));

  private static GrowthRates.Result rate(String series) {
    return new GrowthRates.Result(
        new GrowthPoint(series, 1, new Fleet("fleet", 1, 1, 1, 1), 60),
        List.of(new Pass(1_000_000, 2, 1)),
        List.of(5.0));
  }

  private static Step step(long sources, long joined, long open, long track, int restoring) {
    long before = 1_000_000;
    return new Step(
        sources,
        joined,
        EMPTY,
        before,
        before + joined * open,
        before + joined * (open + track),
        100_000_000,
        250 * sources,
        restoring * 1_000_000L,
        List.of(new Restart(3 + restoring / 10.0, restoring / 10.0)));
  }

  @Test
  void memoryIsThatOfTheLargestStateAlsoWhereAsManyJoinedBefore() {
    Costs costs = report.costs();
    assertThat(costs.heapBytesPerOpenEntry()).isCloseTo(500, within(1e-6));
    assertThat(costs.heapBytesPerTrack()).isCloseTo(120, within(1e-6));
  }

  @Test
  void restoringHasItsSlopeAndSoHasTheRestart() {
    // A tenth of a second for each million bytes.
    assertThat(report.restartSentence())
        .contains(
            "Restart: while keys grow 3.00 s and 10.49 s for every 100 MiB of changelog, R² 1.000",
            "Restoring: while keys grow 0.00 s and 10.49 s for every 100 MiB of changelog, R²"
                + " 1.000");
    assertThat(report.costs().restartBytesPerSecond()).isCloseTo(1e7, within(1.0));
  }
}
