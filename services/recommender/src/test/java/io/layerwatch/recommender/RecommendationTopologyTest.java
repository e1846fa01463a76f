package io.layerwatch.recommender;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.pruning.PruningCriteria;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.runtime.testing.LogRecording;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecommendationTopologyTest {

  private static final Windows DEMO = Windows.DEMO;

  private final RecommenderHarness recommender = new RecommenderHarness();

  @AfterEach
  void close() {
    recommender.close();
  }

  @Test
  void progressIsPublishedUntilACandidateStands() {
    recommender.send(DEMO.lowest(2, 1), DEMO.lowest(2, 2), DEMO.lowest(2, 3));

    assertThat(recommender.advice())
        .containsExactly(
            "collecting: 1 of 3 windows",
            "collecting: 2 of 3 windows",
            "candidate: layers [2] score lowest in 3 windows; not measured");
  }

  @Test
  void aRecommendationSaysWhatItRestsOn() {
    recommender.send(DEMO.lowest(2, 1), DEMO.lowest(2, 2), DEMO.lowest(2, 3));
    var records = recommender.recommendations.readRecordsToList();
    PruningRecommendation last = records.get(2).value();

    assertThat(records.get(2).key()).isEqualTo("demo@r1");
    assertThat(records.get(2).timestamp()).isEqualTo(180_000);
    assertThat(last.model()).isEqualTo(DEMO.model());
    assertThat(last.updatedAt()).isEqualTo(Instant.ofEpochSecond(180));
    assertThat(last.site()).isEqualTo("relative-contribution");
    assertThat(last.ranking()).isEqualTo(Ranking.AVSS);
    assertThat(last.layerCount()).isEqualTo(4);
    assertThat(last.windowsRequired()).isEqualTo(3);
    var proposal = ((Candidate) last.state()).proposal();
    assertThat(proposal.layers()).containsExactly(2);
    assertThat(proposal.tokens()).isEqualTo(1_500);
    assertThat(proposal.parametersShare()).isEqualTo(0.1);
    assertThat(proposal.computeShare()).isEqualTo(0.125);
  }

  @Test
  void protectedLayersBeyondAModelsLastAreWarnedOfOnceAModel() {
    try (LogRecording log = new LogRecording();
        RecommenderHarness protecting =
            new RecommenderHarness(
                new PruningCriteria(
                    3,
                    0.25,
                    Ranking.AVSS,
                    "relative-contribution",
                    0.9,
                    0.25,
                    100,
                    new TreeSet<>(List.of(0, 4, 99)),
                    2))) {
      protecting.send(DEMO.lowest(2, 1), DEMO.lowest(2, 2), DEMO.ofModel("b").lowest(2, 1));
      assertThat(log.warnings())
          .extracting(warning -> warning.substring(warning.indexOf(": ") + 2))
          .containsExactly(
              "demo@r1: recommender.protected.layers: expected layers from 0 to 3, got [4, 99],"
                  + " which protect nothing of this model",
              "b@r1: recommender.protected.layers: expected layers from 0 to 3, got [4, 99],"
                  + " which protect nothing of this model");
    }
  }

  @Test
  void aCandidateThatNoLongerHoldsIsWithdrawnAndCollectingBeginsAgain() {
    recommender.send(DEMO.lowest(2, 1), DEMO.lowest(2, 2), DEMO.lowest(2, 3));
    recommender.advice();

    recommender.send(DEMO.lowest(1, 4));
    assertThat(recommender.advice()).as("one window topples nothing").isEmpty();
    recommender.send(DEMO.lowest(3, 5));
    assertThat(recommender.advice())
        .singleElement()
        .asString()
        .startsWith("withdrawn: layers [2] (");
    recommender.send(DEMO.lowest(3, 6));
    assertThat(recommender.advice()).containsExactly("collecting: 2 of 3 windows");
  }

  @Test
  void aWindowWithoutEvidenceSaysWhyOnce() {
    recommender.send(DEMO.lowest(2, 1), DEMO.lowest(2, 2, 99), DEMO.lowest(2, 3, 99));

    assertThat(recommender.advice())
        .containsExactly(
            "collecting: 1 of 3 windows", "collecting: 1 of 3 windows (99 tokens, fewer than 100)");
  }

  @Test
  void otherSitesSayNothing() {
    recommender.send(DEMO.at("block-output").lowest(1, 1), DEMO.lowest(2, 1));

    assertThat(recommender.advice()).containsExactly("collecting: 1 of 3 windows");
  }

  @Test
  void modelsAreJudgedApart() {
    Windows other = DEMO.ofModel("demo-2");
    recommender.send(
        DEMO.lowest(2, 1),
        other.lowest(1, 1),
        DEMO.lowest(2, 2),
        other.lowest(1, 2),
        DEMO.lowest(2, 3),
        other.lowest(3, 3));

    assertThat(recommender.recommendations.readKeyValuesToMap())
        .hasEntrySatisfying(
            "demo@r1", advice -> assertThat(advice.state()).isInstanceOf(Candidate.class))
        .hasEntrySatisfying(
            "demo-2@r1",
            advice ->
                assertThat(advice.state())
                    .isEqualTo(new Collecting(1, 3, "the lowest layers changed from [1] to [3]")));
  }

  @Test
  void windowsThatArePublishedAgainAreNoEvidenceTwice() {
    recommender.send(DEMO.lowest(2, 1), DEMO.lowest(2, 2));
    recommender.advice();

    recommender.send(DEMO.lowest(2, 1), DEMO.lowest(2, 2));

    assertThat(recommender.advice()).isEmpty();
    assertThat(recommender.metric("layerwatch_recommender_repeated_windows_total")).isEqualTo(2);
    recommender.send(DEMO.lowest(2, 3));
    assertThat(recommender.advice()).singleElement().asString().startsWith("candidate");
  }

  @Test
  void theHistoryHoldsWhatThePolicyNeedsAndNoMore() {
    for (int minute = 1; minute <= 50; minute++) {
      recommender.send(DEMO.lowest(2, minute, minute % 5 == 0 ? 10 : 500));
    }

    assertThat(recommender.history())
        .extracting(window -> window.window().end().getEpochSecond() / 60)
        .containsExactly(47L, 48L, 49L);
  }

  @Test
  void bytesThatAreNoScoresAreRejectedAndTheStreamGoesOn() {
    byte[] junk = "junk".getBytes(StandardCharsets.UTF_8);
    recommender.input.pipeInput("demo@r1", junk);
    recommender.send(DEMO.lowest(2, 1));

    var letter = recommender.rejected.readRecord();
    assertThat(letter.value()).isEqualTo(junk);
    assertThat(
            new String(
                letter.headers().lastHeader("layerwatch.origin.topic").value(),
                StandardCharsets.UTF_8))
        .isEqualTo("layerwatch.layer-scores");
    assertThat(
            recommender.metric(
                "layerwatch_recommender_rejected_records_total", "reason", "undecodable"))
        .isEqualTo(1);
    assertThat(recommender.advice()).hasSize(1);
  }

  @Test
  void aRestoredRecommenderGoesOnWhereItStopped() {
    recommender.send(DEMO.lowest(2, 1), DEMO.lowest(2, 2));
    try (RecommenderHarness next = new RecommenderHarness()) {
      next.restoreFrom(recommender);
      next.send(DEMO.lowest(2, 3));

      assertThat(next.advice()).singleElement().asString().startsWith("candidate");
    }
  }

  @Test
  void anotherSiteOrRankingStartsFromNothing() {
    ModelScores[] stable = {DEMO.lowest(2, 1), DEMO.lowest(2, 2), DEMO.lowest(2, 3)};
    recommender.send(stable);
    try (RecommenderHarness next =
        new RecommenderHarness(RecommenderHarness.criteria("block-output", Ranking.AVSS))) {
      next.restoreFrom(recommender);
      next.send(DEMO.at("block-output").lowest(1, 4));

      assertThat(next.advice()).containsExactly("collecting: 1 of 3 windows");
      assertThat(next.history())
          .extracting(ModelScores::site)
          .containsOnlyOnce("block-output")
          .as("what the ranking before kept is beside it now")
          .hasSize(4);
    }
  }

  @Test
  void metricsShowTheStateOfEveryModelUntilItMovesAway() {
    String[] candidate = {"model", "demo", "revision", "r1", "state", "candidate"};
    String[] collecting = {"model", "demo", "revision", "r1", "state", "collecting"};
    RecommenderHarness running = new RecommenderHarness();
    running.send(DEMO.lowest(2, 1), DEMO.lowest(2, 2));
    assertThat(running.metric("layerwatch_recommendation_state", collecting)).isEqualTo(1);

    running.send(DEMO.lowest(2, 3));

    assertThat(running.metric("layerwatch_recommendation_state", collecting)).isZero();
    assertThat(running.metric("layerwatch_recommendation_state", candidate)).isEqualTo(1);
    assertThat(running.metric("layerwatch_recommendations_published_total", "state", "collecting"))
        .isEqualTo(2);
    running.close();
    assertThat(running.metric("layerwatch_recommendation_state", candidate)).isNaN();
  }
}
