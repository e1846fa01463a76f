package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RangeScoringMemoryTest {

  private static final int LAYERS = 80;
  private static final int INSTANCES = 500;

  @Test
  void anEntryTakesNoMoreHeapThanTheLimitReckonsWith() {
    try (ScorerHarness scorer = new ScorerHarness()) {
      var topic = scorer.topics.activationSummaries();
      RangeScoring range =
          new RangeScoring(
              ScorerHarness.SETTINGS,
              new TimeWindow(Instant.EPOCH, Instant.ofEpochSecond(60)),
              Instant.EPOCH,
              ScorerHarness.WALL_CLOCK);
      long before = usedHeap();
      for (int instance = 0; instance < INSTANCES; instance++) {
        for (int layer = 0; layer < LAYERS; layer++) {
          // As from the topic: every summary with texts of its own.
          byte[] bytes = scorer.bytes(summary(instance, layer));
          range.add(topic.serde().deserializer().deserialize(topic.name(), bytes));
        }
      }
      double perEntry = (double) (usedHeap() - before) / range.size();
      System.out.printf("a replay's entry takes %.0f bytes%n", perEntry);
      assertThat(range.size()).isEqualTo(INSTANCES * LAYERS);
      assertThat(perEntry).isBetween(50.0, (double) RangeScoring.BYTES_PER_ENTRY);
    }
  }

  private static ActivationSummary summary(int instance, int layer) {
    double[] ladder = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
    double[] values = {-1, 1e-2, 3};
    return new ActivationSummary(
        new ModelId("llama-3.1-70b-instruct", "575335920e55"),
        new ModelShape(LAYERS, 10, 1_000, 10, 1_000),
        "relative-contribution",
        layer,
        "inference-7d9f4c5b8-x2x%04d/1764000000".formatted(instance),
        0,
        0,
        new TimeWindow(Instant.EPOCH, Instant.ofEpochSecond(1)),
        new LayerStatistics(
            3, 0, Moments.of(values), 0, NearZeroLadder.of(ladder, values), 0, 2.7));
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
