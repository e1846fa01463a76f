package io.layerwatch.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.pruning.RecommendationState.Withdrawn;
import io.layerwatch.recommender.live.LiveState;
import io.layerwatch.recommender.live.Snapshot;
import io.layerwatch.standalone.terminal.ScreenRenderer.Surroundings;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScreenRendererTest {

  private static final Surroundings AROUND =
      new Surroundings(
          "9 tokens/s served",
          "http://api",
          Optional.of("http://page/"),
          "http://metrics",
          "kafka",
          "http://reg");

  private static final double[] TWELVE = {7e4, 6.2, 2.6, 2, 0.79, 2.1, 1.4, 0.93, 1.6, 3, 2.3, 8.7};

  private final LiveState state = new LiveState();

  @Test
  void beforeTheFirstWindowItSaysWhatItWaitsFor() {
    assertThat(lines(80, 24))
        .containsExactly(
            "layerwatch  waiting for the first window to close …",
            "9 tokens/s served",
            "",
            "pruning advice  no window yet",
            "",
            "API http://api   page http://page/",
            "metrics http://metrics",
            "Kafka kafka   registry http://reg",
            "Ctrl-C to stop");
  }

  @Test
  void everyLayerHasItsLine() {
    state.on(Examples.window(Examples.SITE, 500, 1, 3));
    state.on(Examples.advice(new Collecting(1, 10, "")));
    assertThat(lines(84, 24))
        .containsExactly(
            "layerwatch  demo@r1  window 1, 12:00:00–12:00:05",
            "500 tokens from 1 instance at relative-contribution, sparsity below 0.01; 9 tokens/s",
            "served",
            "",
            " layer  normalised AVSS            AVSS   variance  sparsity influence  trend",
            "     0  ████            0.25      1.000     0.1000   0.10000    0.2500  ▅           ",
            "     1  ████████████    0.75      3.000     0.3000   0.10000    0.2500  3 not finite",
            "",
            "pruning advice  collecting: 1 of 10 windows",
            "",
            "API http://api   page http://page/",
            "metrics http://metrics",
            "Kafka kafka   registry http://reg",
            "Ctrl-C to stop");
  }

  @Test
  void layersOfACandidateAreMarkedAndNobodyCallsThemSafe() {
    state.on(Examples.window(Examples.SITE, 500, 2, 1, 3, 4));
    state.on(Examples.advice(new Candidate(Examples.proposal())));
    List<String> lines = lines(100, 24);
    assertThat(lines).filteredOn(line -> line.startsWith(" ✂")).hasSize(1);
    assertThat(lines).anyMatch(line -> line.startsWith(" ✂   1  "));
    assertThat(lines)
        .contains(
            "pruning advice  candidate: layers [1] score lowest in 10 windows; not measured",
            "                removes 10.0 % of the parameters, 12.5 % of the compute; 5000 tokens of"
                + " evidence",
            "                block influence would take [2] (agreement 0.00)")
        .anyMatch(line -> line.contains("measure before you prune"))
        .allMatch(line -> line.length() <= 100);
  }

  @ParameterizedTest
  @CsvSource({"80, 24", "80, 40", "120, 60"})
  void everythingThatMattersFits(int width, int height) {
    state.on(Examples.window(Examples.SITE, 9_689, TWELVE));
    state.on(Examples.advice(Examples.verified()));
    List<String> lines = lines(width, height);
    assertThat(lines).hasSizeLessThanOrEqualTo(height).allMatch(line -> line.length() <= width);
    for (int layer = 0; layer < TWELVE.length; layer++) {
      String number = "%4d  ".formatted(layer);
      String mark = List.of(4, 6, 7).contains(layer) ? " ✂" : "  ";
      assertThat(lines).filteredOn(line -> line.startsWith(mark + number)).hasSize(1);
    }
    String words = String.join(" ", lines).replaceAll(" +", " ");
    assertThat(words)
        .contains("sparsity below 0.01; 9 tokens/s served")
        .contains("pruning advice verified: without layers [4, 6, 7] 105.5 ± 2.0 % of next-token")
        .contains("accuracy is retained, perplexity × 0.90")
        .contains(
            "API http://api page http://page/ metrics http://metrics Kafka kafka registry http://reg")
        .endsWith("Ctrl-C to stop");
  }

  @Test
  void whatStandsBehindTheAdviceGoesFirstAndIsCounted() {
    state.on(Examples.window(Examples.SITE, 9_689, TWELVE));
    state.on(Examples.advice(Examples.verified()));
    assertThat(lines(80, 24))
        .contains("                … 10 more lines; a taller terminal shows them")
        .noneMatch(line -> line.contains("would take") || line.contains("removes"));
    // A line that takes two rows is shown whole or not at all.
    assertThat(lines(80, 28))
        .containsSequence(
            "                removes 24.6 % of the parameters, 24.6 % of the compute; 97036",
            "                  tokens of evidence",
            "                … 9 more lines; a taller terminal shows them")
        .noneMatch(line -> line.contains("measured on"));
    assertThat(lines(120, 29))
        .contains("                … 5 more lines; a taller terminal shows them")
        .anyMatch(line -> line.contains("block influence would take [4, 6, 7]"));
    assertThat(lines(120, 60))
        .noneMatch(line -> line.contains("a taller terminal"))
        .anyMatch(line -> line.contains("would take [4, 7, 8] (agreement 0.50)"));
  }

  @Test
  void aModelTallerThanTheScreenShowsTheLayersAroundTheMarkedOnes() {
    double[] avss = new double[40];
    Arrays.fill(avss, 1);
    state.on(Examples.window(Examples.SITE, 500, avss));
    assertThat(layers(lines(80, 24))).isEqualTo(upTo(14));
    state.on(Examples.advice(Examples.verified(List.of(29, 31))));
    List<String> lines = lines(80, 24);
    assertThat(lines).hasSize(24).contains("        … 28 more layers").endsWith("Ctrl-C to stop");
    assertThat(layers(lines)).hasSize(12).isSorted().contains(29, 31).doesNotContain(0, 20);
    state.on(Examples.advice(new Withdrawn(Examples.proposal(), List.of(1), "others are lower")));
    assertThat(lines(80, 24)).noneMatch(line -> line.startsWith(" ✂"));
  }

  @Test
  void layersThatDriftAreNamedUntilTheyComeBack() {
    state.on(Examples.window(Examples.SITE, 9_689, TWELVE));
    state.on(Examples.drift(7, true));
    state.on(Examples.drift(3, true));
    assertThat(lines(80, 24)).contains("drift: avss of layers [3, 7]");
    state.on(Examples.drift(3, false));
    assertThat(lines(80, 24)).contains("drift: avss of layers [7]");
    state.on(Examples.drift(7, false));
    assertThat(lines(80, 24)).noneMatch(line -> line.contains("drift"));
  }

  @Test
  void aLongNameAndWhatIsMissingKeepToTheWidth() {
    state.on(Examples.lacking("m".repeat(90), 40));
    List<String> lines =
        new ScreenRenderer(Palette.COLOUR, ZoneOffset.UTC)
            .render(state.snapshot(Examples.SITE), AROUND, 80, 24).stream()
                .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
                .toList();
    assertThat(lines).allMatch(line -> line.length() <= 80);
    assertThat(lines.get(1)).isEqualTo("m".repeat(79) + "…");
    assertThat(lines.get(3)).startsWith("incomplete: 38 of 40 layers missing: 2, 3, 4");
  }

  @Test
  void onlyWindowsOfItsSiteWithTokensAreShown() {
    state.on(Examples.window("block-output", 500, 1, 2));
    state.on(Examples.silence(2));
    assertThat(state.snapshot(Examples.SITE).windows()).isZero();
    assertThat(lines(80, 24).get(0)).contains("waiting for the first window");
  }

  @Test
  void trendsRememberTheLastWindowsOnly() {
    for (int i = 1; i <= Snapshot.TREND + 3; i++) {
      state.on(Examples.later(i, 500, i, 1));
    }
    List<Double> trend = state.snapshot(Examples.SITE).trends().get(0);
    assertThat(trend).hasSize(Snapshot.TREND);
    assertThat(trend.get(0)).isEqualTo(4);
    assertThat(trend.get(Snapshot.TREND - 1)).isEqualTo(Snapshot.TREND + 3);
  }

  private static List<Integer> layers(List<String> lines) {
    return lines.stream()
        .filter(line -> line.matches("( ✂|  ) {2,3}\\d+ .*"))
        .map(line -> Integer.valueOf(line.substring(2, 6).strip()))
        .toList();
  }

  private static List<Integer> upTo(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  private List<String> lines(int width, int height) {
    return new ScreenRenderer(Palette.NONE, ZoneOffset.UTC)
        .render(state.snapshot(Examples.SITE), AROUND, width, height);
  }
}
