package io.layerwatch.recommender.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.recommender.Windows;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LiveStateTest {

  private static final String SITE = "relative-contribution";

  private final LiveState state = new LiveState();

  @Test
  void ofEachSiteTheLastWindowsAreKept() {
    for (int minute = 1; minute <= LiveState.WINDOWS + 5; minute++) {
      state.on(Windows.DEMO.lowest(0, minute));
      state.on(Windows.DEMO.at("block-output").lowest(0, minute));
    }
    for (String site : List.of(SITE, "block-output")) {
      List<Instant> ends = ends(site);
      assertThat(ends).hasSize(LiveState.WINDOWS);
      assertThat(ends.get(0)).isEqualTo(Instant.ofEpochSecond(60 * 6));
    }
    assertThat(state.snapshot(SITE).windows()).isEqualTo(LiveState.WINDOWS + 5);
  }

  @Test
  void ofMoreModelsThoseUnheardLongestAreForgottenInWhateverOrderTheyWereRead() {
    List<Integer> shuffled =
        List.of(3, 20, 1, 7, 2, 19, 5, 4, 18, 6, 17, 8, 16, 9, 15, 10, 14, 11, 13, 12);
    shuffled.forEach(minute -> state.on(Windows.DEMO.ofModel("m" + minute).lowest(0, minute)));
    assertThat(keys())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(5, 20).mapToObj(minute -> "m" + minute + "@r1").toList())
        .hasSize(LiveState.MODELS);
  }

  @Test
  void recommendationsOfModelsThatAreGoneDoNotPushOutThoseThatAreServed() {
    state.on(Windows.DEMO.lowest(0, 1_000));
    for (int gone = 0; gone < 3 * LiveState.MODELS; gone++) {
      state.on(
          new PruningRecommendation(
              new ModelId("gone" + gone, "r1"),
              Instant.ofEpochSecond(gone),
              SITE,
              Ranking.AVSS,
              4,
              10,
              new Collecting(0, 10, "")));
    }
    assertThat(keys()).containsExactly("demo@r1");
  }

  @Test
  void aWindowThatComesAgainTakesThePlaceOfTheFirstAndAnOlderOneItsOwn() {
    state.on(Windows.DEMO.lowest(0, 2, 500));
    state.on(Windows.DEMO.lowest(0, 1, 500));
    state.on(Windows.DEMO.lowest(0, 2, 700));
    assertThat(ends(SITE)).containsExactly(Instant.ofEpochSecond(60), Instant.ofEpochSecond(120));
    assertThat(state.snapshot(SITE).scores().orElseThrow().tokens()).isEqualTo(700);
    assertThat(state.snapshot(SITE).windows()).isEqualTo(2);
  }

  @Test
  void driftHoldsUntilItIsClearedAndOnlyOfWhatThereIs() {
    state.on(Windows.DEMO.lowest(0, 1));
    state.on(drift("avss", 2, true));
    state.on(drift("avss", 3, true));
    state.on(drift("avss", 2, false));
    state.on(drift("made-up", 2, true));
    state.on(drift("avss", 512, true));
    assertThat(state.snapshot(SITE).drifting()).hasToString("{avss=[3]}");
  }

  @Test
  void sitesThatNobodyKnowsAreNotKept() {
    state.on(Windows.DEMO.at("elsewhere").lowest(0, 1));
    assertThat(keys()).isEmpty();
  }

  private static LayerDrift drift(String score, int layer, boolean raised) {
    return new LayerDrift(
        new ModelId("demo", "r1"), SITE, layer, score, raised, Instant.EPOCH, 3, 2, 0.4, 0.1, "");
  }

  private List<String> keys() {
    return state.read(models -> models.stream().map(model -> model.id.key()).toList());
  }

  private List<Instant> ends(String site) {
    return state.read(
        models ->
            models.get(0).at(site).windows().stream()
                .map(kept -> kept.figures().window().end())
                .toList());
  }
}
