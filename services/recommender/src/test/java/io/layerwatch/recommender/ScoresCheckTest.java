package io.layerwatch.recommender;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Windows that no advice can rest on, and that would have stopped the recommender. */
class ScoresCheckTest {

  private static final Windows DEMO = Windows.DEMO;

  private final RecommenderHarness recommender = new RecommenderHarness();

  @AfterEach
  void goesOn() {
    recommender.send(DEMO.lowest(2, 1));
    assertThat(recommender.advice()).containsExactly("collecting: 1 of 3 windows");
    recommender.close();
  }

  @Test
  void aWindowBefore1970IsSetAside() {
    recommender.send(DEMO.lowest(2, -5));

    assertThat(reasons())
        .singleElement()
        .asString()
        .startsWith("window: expected one after 1970 and at most PT24H after");
  }

  @Test
  void aWindowOfTheDayAfterTomorrowIsSetAsideAndBlocksNone() {
    int minutes = (int) (Instant.now().getEpochSecond() / 60);
    recommender.send(DEMO.lowest(2, minutes + 2 * 24 * 60));

    assertThat(reasons()).hasSize(1);
  }

  @Test
  void scoresWhoseSquaresOverflowAreSetAside() {
    for (int minute = 1; minute <= 4; minute++) {
      recommender.send(scaled(DEMO.lowest(2, minute), minute * 1e250));
    }

    assertThat(reasons())
        .hasSize(4)
        .allMatch(reason -> reason.startsWith("variance: expected at most 1.0E125 in size"));
  }

  private static ModelScores scaled(ModelScores window, double by) {
    TreeMap<Integer, LayerStatistics> layers = new TreeMap<>();
    for (LayerScore layer : window.layers()) {
      LayerStatistics statistics = layer.statistics();
      Moments moments = statistics.moments();
      layers.put(
          layer.layer(),
          new LayerStatistics(
              statistics.tokens(),
              0,
              new Moments(moments.count(), 0, moments.m2() * by, -9, 9),
              0,
              statistics.nearZero(),
              0,
              statistics.cosineSum()));
    }
    return ModelScores.of(
        window.model(),
        window.shape(),
        window.site(),
        window.window(),
        window.sources(),
        0.01,
        layers);
  }

  private List<String> reasons() {
    return recommender.rejected.readRecordsToList().stream()
        .map(letter -> letter.headers().lastHeader("layerwatch.reason").value())
        .map(reason -> new String(reason, StandardCharsets.UTF_8))
        .toList();
  }
}
