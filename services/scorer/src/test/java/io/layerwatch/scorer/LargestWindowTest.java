package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whatever is accepted, a window's scores fit into a record, or the stream would stop at them. */
class LargestWindowTest {

  private static final int KAFKA_TAKES = 1 << 20;
  private static final int NAMES = Sources.MOST_NAME_BYTES / 256;

  @Test
  void theLargestWindowFitsIntoWhatKafkaTakes() {
    Summaries model =
        Summaries.DEMO
            .ofModel("m".repeat(256))
            .at("s".repeat(256))
            .withShape(new ModelShape(ModelShape.MOST_LAYERS, 1, 1L << 49, 1, 1L << 49));
    try (ScorerHarness scorer = new ScorerHarness(Instant.ofEpochSecond(70))) {
      for (int i = 0; i < NAMES + 3; i++) {
        scorer.send(model.from(name('a', i)).layer(0, 0, 10, statistics()));
        scorer.send(model.from(name('b', i)).layer(0, 60, 10, statistics()));
      }
      for (int layer = 1; layer < ModelShape.MOST_LAYERS; layer++) {
        scorer.send(model.from(name('b', 0)).layer(layer, 60, 10, statistics()));
      }
      scorer.pass(130);

      assertThat(scorer.reasons()).hasSize(2 * 3);
      ModelScores window = scorer.published().get(1);
      assertThat(window.instances()).hasSize(NAMES);
      assertThat(window.sources().silentInstances()).hasSize(NAMES);
      assertThat(window.layers()).hasSize(ModelShape.MOST_LAYERS);
      var topic = scorer.topics.layerScores();
      assertThat(topic.serde().serializer().serialize(topic.name(), window))
          .hasSizeBetween(KAFKA_TAKES * 8 / 10, KAFKA_TAKES - 10_000);
    }
  }

  private static String name(char first, int number) {
    return first + "n".repeat(251) + String.format("%04d", number);
  }

  private static LayerStatistics statistics() {
    long count = SummaryCheck.LARGEST_COUNT;
    double[] thresholds =
        IntStream.rangeClosed(1, NearZeroLadder.MOST_RUNGS).mapToDouble(i -> i * 0.01).toArray();
    long[] counts = new long[thresholds.length];
    Arrays.fill(counts, count);
    return new LayerStatistics(
        1_000_000_000L,
        1_000_000_000L,
        new Moments(count, 1, 1, 0, 2),
        count,
        new NearZeroLadder(thresholds, counts),
        1,
        1);
  }
}
