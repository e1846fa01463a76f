package io.layerwatch.scorer.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.RangeScoring;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a replay does at the edges of memory and of what is retained. */
class ReplayLimitsTest {

  private static final Instant FROM = Instant.parse("2026-01-31T10:00:00Z");
  private static final Instant NOW = FROM.plusSeconds(3_600);

  private final ReplayPlan plan =
      ReplayPlan.of(
          new ReplayPlan.Given("1h", "58m", Optional.empty(), Optional.empty(), "-"),
          SettingsSources.of(
              Map.of(
                  "schema.registry.url",
                  "mock://replay",
                  "schema.registry.auto.register.schemas",
                  "true")),
          NOW);
  private final Topics topics = Topics.of(plan.settings());
  private final ReplayTally tally = new ReplayTally();

  @AfterEach
  void close() {
    topics.close();
  }

  @Test
  void aRangeThatDoesNotFitIntoMemoryIsRefusedBeforeItFillsIt() {
    Replay replay = replay(3 * RangeScoring.BYTES_PER_ENTRY);
    for (int instance = 0; instance < 3; instance++) {
      replay.take(record(instance, 0, 0), false);
    }
    // More of the same instance and window is merged, and takes no more room.
    replay.take(record(0, 1, 1), false);

    assertThatThrownBy(() -> replay.take(record(3, 0, 0), false))
        .isInstanceOf(ReplayException.class)
        .hasMessageContaining("does not fit into memory")
        .hasMessageContaining("LAYERWATCH_OPTS=-Xmx4g");
  }

  @Test
  void aWindowThatRetentionCutIsIncompleteAndSaysHowMuchIsMissing() {
    Replay replay = replay(Long.MAX_VALUE);
    // The instance has flushed every second since long ago; what is left begins 7 s into a window.
    for (int second = 7; second < 120; second++) {
      replay.take(record(0, 5_000 + second, second), true);
    }

    assertThat(replay.close())
        .extracting(ModelScores::incompleteReason)
        .containsExactly(Optional.of("7 summaries missing"), Optional.empty());
    assertThat(tally)
        .hasToString(
            "113 records read: 113 used, 0 outside the range, 0 duplicates, 0 rejected;"
                + " 2 windows scored, 1 of them incomplete");
  }

  private Replay replay(long heapBytes) {
    return new Replay(plan, topics, tally, NOW, heapBytes);
  }

  private ConsumerRecord<byte[], byte[]> record(int instance, long number, int second) {
    double[] ladder = {0.001, 0.01, 0.1};
    double[] values = {-1, 1e-3, 3};
    Instant start = FROM.plusSeconds(second);
    ActivationSummary summary =
        new ActivationSummary(
            new ModelId("demo", "r1"),
            new ModelShape(1, 10, 100, 5, 50),
            "block-output",
            0,
            "host-" + instance,
            number,
            3 * number,
            new TimeWindow(start, start.plusSeconds(1)),
            new LayerStatistics(
                3, 0, Moments.of(values), 0, NearZeroLadder.of(ladder, values), 0, 2.7));
    var topic = topics.activationSummaries();
    return new ConsumerRecord<>(
        topic.name(),
        0,
        number,
        "demo@r1".getBytes(StandardCharsets.UTF_8),
        topic.serde().serializer().serialize(topic.name(), summary));
  }
}
