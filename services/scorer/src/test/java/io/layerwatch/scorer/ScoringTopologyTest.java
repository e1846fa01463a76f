package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScoringTopologyTest {

  private static final Summaries DEMO = Summaries.DEMO;

  private final ScorerHarness scorer = new ScorerHarness();

  @AfterEach
  void close() {
    scorer.close();
  }

  @Test
  void entriesOfAClosedWindowThatCameBackAreNotPublishedAgain() {
    scorer.send(DEMO.both(0, 10));
    try (ScorerHarness cutOff = new ScorerHarness();
        ScorerHarness takingOver = new ScorerHarness()) {
      cutOff.restoreFrom(scorer);
      scorer.send(DEMO.both(70, 10));
      assertThat(scorer.published()).hasSize(1);

      takingOver.restoreFrom(cutOff, scorer);
      takingOver.send(DEMO.both(130, 10));

      assertThat(takingOver.published())
          .extracting(scores -> scores.window().start().getEpochSecond())
          .containsExactly(60L);
    }
  }

  @Test
  void aWindowClosesWhenAnIntervalStartsAfterItsEndAndTheGrace() {
    scorer.send(DEMO.both(0, 100));
    scorer.send(DEMO.both(60, 100));
    assertThat(scorer.published()).isEmpty();

    scorer.send(DEMO.layer(0, 70, 100));

    var record = scorer.scores.readRecord();
    assertThat(record.key()).isEqualTo("demo@r1");
    assertThat(record.timestamp()).isEqualTo(60_000);
    ModelScores scores = record.value();
    assertThat(scores.window()).isEqualTo(window(0));
    assertThat(scores.complete()).isTrue();
    assertThat(scores.tokens()).isEqualTo(100);
    assertThat(scores.instances()).containsExactly("host-1");
    assertThat(scorer.published()).isEmpty();
  }

  /** Its grace is ten seconds. */
  @Test
  void aWindowClosesWithTheIntervalThatEndsTheGrace() {
    for (int second = 0; second < 65; second += 5) {
      sendFiveSeconds(0, second);
      sendFiveSeconds(1, second);
    }
    assertThat(scorer.published()).isEmpty();

    sendFiveSeconds(0, 65);

    assertThat(scorer.published()).singleElement().matches(ModelScores::complete);
  }

  private void sendFiveSeconds(int layer, int second) {
    scorer.send(DEMO.layer(layer, second, 5, DEMO.statistics(layer, second, 10)));
  }

  @Test
  void whatIsPublishedEqualsOneBatchOverAllSummaries() {
    Summaries other = DEMO.from("host-2");
    TreeMap<Integer, LayerStatistics> batch = new TreeMap<>();
    for (int second = 0; second < 60; second += 10) {
      for (int layer = 0; layer < 2; layer++) {
        for (Summaries instance : List.of(DEMO, other)) {
          scorer.send(instance.layer(layer, second, 50 + second));
          batch.merge(
              layer, instance.statistics(layer, second, 50 + second), LayerStatistics::merge);
        }
      }
    }
    ModelScores expected =
        ModelScores.of(
            DEMO.model(),
            DEMO.shape(),
            DEMO.site(),
            window(0),
            Sources.complete(List.of("host-1", "host-2")),
            0.01,
            batch);

    scorer.send(DEMO.both(70, 1));
    scorer.send(other.both(70, 1));

    ModelScores scores = scorer.scores.readValue();
    assertThat(scores.complete()).isTrue();
    assertThat(scores.tokens()).isEqualTo(2 * (50 + 60 + 70 + 80 + 90 + 100));
    assertThat(scores.instances()).isEqualTo(expected.instances());
    for (int layer = 0; layer < 2; layer++) {
      LayerScore actual = scores.layers().get(layer);
      LayerScore wanted = expected.layers().get(layer);
      assertThat(actual.statistics().nearZero()).isEqualTo(wanted.statistics().nearZero());
      assertClose(
          actual.statistics().moments().variance(), wanted.statistics().moments().variance());
      assertClose(actual.avss().score().orElseThrow(), wanted.avss().score().orElseThrow());
      assertClose(actual.normalizedAvss().orElseThrow(), wanted.normalizedAvss().orElseThrow());
      assertThat(actual.statistics().blockInfluence().orElseThrow()).isCloseTo(0.1, within(1e-9));
    }
  }

  @Test
  void summariesOutOfOrderCountUntilTheWindowCloses() {
    scorer.send(DEMO.both(60, 5));
    scorer.send(DEMO.both(10, 7));
    scorer.send(DEMO.both(0, 11));
    scorer.send(DEMO.layer(0, 70, 1));

    assertThat(scorer.published()).extracting(ModelScores::tokens).containsExactly(18L);
  }

  @Test
  void aSummaryOfAClosedWindowIsLateAndChangesNothing() {
    scorer.send(DEMO.both(0, 10));
    scorer.send(DEMO.both(70, 10));
    assertThat(scorer.published()).hasSize(1);

    scorer.send(DEMO.layer(0, 50, 33));
    scorer.send(DEMO.both(130, 1));

    assertThat(scorer.published())
        .extracting(scores -> scores.window().start().getEpochSecond())
        .containsExactly(60L);
    assertThat(scorer.metric("layerwatch_scorer_late_summaries_total")).isEqualTo(1);
    assertThat(scorer.metric("layerwatch_scorer_late_layer_tokens_total")).isEqualTo(33);
    assertThat(scorer.reasons()).isEmpty();
  }

  @Test
  void everyTokenIsAcceptedLateOrRejected() {
    scorer.send(DEMO.both(0, 10));
    scorer.send(DEMO.both(70, 20));
    scorer.send(DEMO.layer(0, 50, 33));
    scorer.send(DEMO.layer(0, 115, 44));

    assertThat(scorer.metric("layerwatch_scorer_accepted_layer_tokens_total")).isEqualTo(60);
    assertThat(scorer.metric("layerwatch_scorer_accepted_summaries_total")).isEqualTo(4);
    assertThat(scorer.metric("layerwatch_scorer_late_layer_tokens_total")).isEqualTo(33);
    assertThat(scorer.metric("layerwatch_scorer_rejected_layer_tokens_total")).isEqualTo(44);
  }

  @Test
  void aJumpOfTimeClosesEveryWindowOldestFirst() {
    scorer.send(DEMO.both(60, 2));
    scorer.send(DEMO.both(0, 1));
    scorer.send(DEMO.both(60_000, 3));

    assertThat(scorer.published())
        .extracting(scores -> scores.window().start().getEpochSecond())
        .containsExactly(0L, 60L);
  }

  @Test
  void oneModelsClockNeverClosesAnothersWindows() {
    Summaries other = DEMO.ofModel("demo-2");
    scorer.send(DEMO.both(0, 1));
    scorer.send(other.both(6_000, 2));
    scorer.send(other.both(6_070, 2));
    assertThat(scorer.published())
        .extracting(scores -> scores.model().name())
        .containsExactly("demo-2");

    scorer.send(DEMO.both(50, 4));
    scorer.send(DEMO.both(70, 1));

    assertThat(scorer.published()).extracting(ModelScores::tokens).containsExactly(5L);
    assertThat(scorer.metric("layerwatch_scorer_late_summaries_total")).isZero();
  }

  @Test
  void aModelWhoseNameBeginsAnothersKeepsItsWindowsToItself() {
    scorer.send(DEMO.ofModel("demo-x").both(0, 2));
    scorer.send(DEMO.both(0, 1));
    scorer.send(DEMO.both(70, 1));

    assertThat(scorer.published()).extracting(ModelScores::tokens).containsExactly(1L);
  }

  @Test
  void everySiteHasItsOwnScoresInOrder() {
    scorer.send(DEMO.at("relative-contribution").both(0, 1));
    scorer.send(DEMO.at("block-output").both(0, 2));
    scorer.send(DEMO.at("a-site-of-tomorrow").both(0, 3));
    scorer.send(DEMO.both(70, 1));

    List<ModelScores> published = scorer.published();
    assertThat(published)
        .extracting(ModelScores::site)
        .containsExactly("a-site-of-tomorrow", "block-output", "relative-contribution");
    assertThat(published).extracting(ModelScores::tokens).containsExactly(3L, 2L, 1L);
  }

  @Test
  void aWindowThatLacksALayerIsPublishedAsIncomplete() {
    scorer.send(DEMO.layer(1, 0, 10));
    scorer.send(DEMO.both(70, 10));

    assertThat(scorer.published().get(0).incompleteReason()).contains("1 of 2 layers missing: 0");
    assertThat(scorer.closedWindows(false)).isEqualTo(1);
  }

  @Test
  void heartbeatsAloneMakeAWindowWithoutTokens() {
    scorer.send(DEMO.both(0, 0));
    scorer.send(DEMO.both(70, 0));

    ModelScores scores = scorer.published().get(0);
    assertThat(scores.tokens()).isZero();
    assertThat(scores.incompleteReason()).contains("no token was seen");
  }

  @Test
  void closedWindowsLeaveNothingBehind() {
    for (int second = 0; second < 6_000; second += 10) {
      scorer.send(DEMO.both(second, 1));
    }

    // 5,940 is open, and 5,880 waits for the grace no longer.
    assertThat(scorer.entries(WindowScoring.WINDOWS)).isEqualTo(1);
    assertThat(scorer.published()).hasSize(99);
  }

  @Test
  void aRestoredScorerGoesOnWhereItStopped() {
    scorer.send(DEMO.both(0, 10));
    scorer.send(DEMO.both(70, 20));
    scorer.published();
    try (ScorerHarness next = new ScorerHarness()) {
      next.restoreFrom(scorer);
      next.send(DEMO.layer(0, 50, 33));
      next.send(DEMO.both(80, 30));
      next.send(DEMO.both(130, 1));

      assertThat(next.published()).extracting(ModelScores::tokens).containsExactly(50L);
      assertThat(next.metric("layerwatch_scorer_late_summaries_total")).isEqualTo(1);
    }
  }

  private static void assertClose(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(1e-12 * Math.abs(expected)));
  }

  private static TimeWindow window(long second) {
    return TimeWindow.of(Instant.ofEpochSecond(second), Duration.ofMinutes(1));
  }
}
