package io.layerwatch.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.standalone.terminal.ScreenRenderer.Surroundings;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenRendererTest {

  private static final Surroundings AROUND =
      new Surroundings("9 tokens/s served", "http://api", "http://metrics", "kafka", "http://reg");

  private final LiveState state = new LiveState(Examples.SITE);

  @Test
  void beforeTheFirstWindowItSaysWhatItWaitsFor() {
    assertThat(lines(80, 24))
        .containsExactly(
            "layerwatch  waiting for the first window to close …",
            "9 tokens/s served",
            "",
            "pruning advice  no window yet",
            "",
            "API http://api",
            "metrics http://metrics",
            "Kafka kafka   registry http://reg",
            "Ctrl-C to stop");
  }

  @Test
  void everyLayerHasItsLine() {
    state.add(Examples.window(Examples.SITE, 500, 1, 3));
    state.add(Examples.advice(new Collecting(1, 10, "")));
    assertThat(lines(84, 24))
        .containsExactly(
            "layerwatch  demo@r1  window 1, 12:00:00–12:00:05",
            "500 tokens from 1 instance at relative-contribution, sparsity below 0.01;"
                + " 9 tokens/s served",
            "",
            " layer  normalised AVSS               AVSS   variance  sparsity influence  trend",
            "     0  ██▋         0.25      1.000     0.1000   0.10000    0.2500  ▅           ",
            "     1  ████████    0.75      3.000     0.3000   0.10000    0.2500  3 not finite",
            "",
            "pruning advice  collecting: 1 of 10 windows",
            "",
            "API http://api",
            "metrics http://metrics",
            "Kafka kafka   registry http://reg",
            "Ctrl-C to stop");
  }

  @Test
  void layersOfACandidateAreMarkedAndNobodyCallsThemSafe() {
    state.add(Examples.window(Examples.SITE, 500, 2, 1, 3, 4));
    state.add(Examples.advice(new Candidate(Examples.proposal())));
    List<String> lines = lines(100, 24);
    assertThat(lines).filteredOn(line -> line.startsWith(" ✂")).hasSize(1);
    assertThat(lines).anyMatch(line -> line.startsWith(" ✂   1  "));
    assertThat(lines)
        .contains(
            "pruning advice  candidate: layers [1] score lowest in 10 windows; not measured yet",
            "                removes 10.0 % of the parameters, 12.5 % of the compute; 5000 tokens of"
                + " evidence",
            "                block influence would take [2] (agreement 0.00)")
        .anyMatch(line -> line.contains("measure before you prune"))
        .allMatch(line -> line.length() <= 100);
  }

  @Test
  void aModelTallerThanTheScreenIsCutAndSaysSo() {
    double[] avss = new double[40];
    Arrays.fill(avss, 1);
    state.add(Examples.window(Examples.SITE, 500, avss));
    state.add(Examples.advice(new Candidate(Examples.proposal())));
    List<String> lines = lines(100, 24);
    assertThat(lines).hasSizeLessThanOrEqualTo(24);
    assertThat(lines).contains("        … 33 more layers");
  }

  @Test
  void onlyWindowsOfItsSiteWithTokensAreShown() {
    assertThat(state.add(Examples.window("block-output", 500, 1, 2))).isFalse();
    assertThat(state.add(Examples.silence(2))).isFalse();
    assertThat(state.snapshot().windows()).isZero();
  }

  @Test
  void trendsRememberTheLastWindowsOnly() {
    for (int i = 1; i <= LiveState.TREND + 3; i++) {
      state.add(Examples.window(Examples.SITE, 500, i, 1));
    }
    List<Double> trend = state.snapshot().trends().get(0);
    assertThat(trend).hasSize(LiveState.TREND);
    assertThat(trend.get(0)).isEqualTo(4);
    assertThat(trend.get(LiveState.TREND - 1)).isEqualTo(LiveState.TREND + 3);
  }

  private List<String> lines(int width, int height) {
    return new ScreenRenderer(Palette.NONE, ZoneOffset.UTC)
        .render(state.snapshot(), AROUND, width, height);
  }
}
