package io.layerwatch.standalone.terminal;

import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.recommender.read.AdviceLines;
import io.layerwatch.standalone.terminal.LiveState.Snapshot;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Draws a snapshot as the lines of a screen. */
final class ScreenRenderer {

  private static final int LEAST_BAR = 6;
  private static final int LARGEST_BAR = 40;
  private static final int OTHER_COLUMNS = 76;

  private final Palette palette;
  private final DateTimeFormatter time;

  ScreenRenderer(Palette palette, ZoneId zone) {
    this.palette = palette;
    this.time = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(zone);
  }

  /** What is not in the topics. */
  record Surroundings(
      String serving, String endpoint, String metrics, String kafka, String registry) {}

  List<String> render(Snapshot snapshot, Surroundings around, int width, int height) {
    List<String> lines = new ArrayList<>();
    if (snapshot.scores().isEmpty()) {
      lines.add(palette.strong("layerwatch") + "  waiting for the first window to close …");
      lines.add(palette.faint(around.serving()));
    } else {
      ModelScores scores = snapshot.scores().get();
      lines.add(title(scores, snapshot.windows()));
      lines.add(palette.faint(subtitle(scores, around)));
      lines.add("");
      addLayers(lines, scores, snapshot, width, height);
    }
    lines.add("");
    lines.addAll(advice(snapshot.recommendation()));
    lines.add("");
    lines.add(palette.faint("API " + around.endpoint()));
    lines.add(palette.faint("metrics " + around.metrics()));
    lines.add(palette.faint("Kafka " + around.kafka() + "   registry " + around.registry()));
    lines.add(palette.faint("Ctrl-C to stop"));
    return lines;
  }

  private String title(ModelScores scores, int windows) {
    return palette.strong("layerwatch")
        + "  "
        + palette.accent(scores.model().key())
        + "  window "
        + windows
        + ", "
        + time.format(scores.window().start())
        + "–"
        + time.format(scores.window().end())
        + scores
            .incompleteReason()
            .map(why -> "  " + palette.alert("incomplete: " + why))
            .orElse("");
  }

  private static String subtitle(ModelScores scores, Surroundings around) {
    return String.format(
        Locale.ROOT,
        "%d tokens from %d instance%s at %s, sparsity below %s; %s",
        scores.tokens(),
        scores.instances().size(),
        scores.instances().size() == 1 ? "" : "s",
        scores.site(),
        scores.sparsityThreshold(),
        around.serving());
  }

  private void addLayers(
      List<String> lines, ModelScores scores, Snapshot snapshot, int width, int height) {
    int bar = Math.max(LEAST_BAR, Math.min(LARGEST_BAR, width - OTHER_COLUMNS));
    BarScale scale =
        BarScale.of(
            scores.layers().stream()
                .flatMapToDouble(layer -> layer.normalizedAvss().stream())
                .toArray());
    lines.add(
        palette.faint(
            String.format(
                Locale.ROOT,
                "%6s  %-" + bar + "s %7s %10s %10s %9s %9s  %s",
                "layer",
                scale.logarithmic() ? "normalised AVSS (log scale)" : "normalised AVSS",
                "",
                "AVSS",
                "variance",
                "sparsity",
                "influence",
                "trend")));
    int shown = Math.max(4, Math.min(scores.layers().size(), height - 17));
    List<Integer> proposed = proposed(snapshot.recommendation());
    for (LayerScore layer : scores.layers().subList(0, Math.min(shown, scores.layers().size()))) {
      boolean marked = proposed.contains(layer.layer());
      String drawn = Glyphs.bar(scale.share(layer.normalizedAvss()), bar);
      lines.add(
          String.format(
              Locale.ROOT,
              "%s%4d  %s %7s %10s %10.4g %9s %9s  %s",
              marked ? palette.warn(" ✂") : "  ",
              layer.layer(),
              marked ? palette.warn(drawn) : palette.accent(drawn),
              text("%.2g", layer.normalizedAvss()),
              text("%.4g", layer.avss().score()),
              layer.statistics().moments().variance(),
              text("%.5f", layer.statistics().sparsity(scores.sparsityThreshold())),
              text("%.4f", layer.statistics().blockInfluence()),
              layer.statistics().nonFinite() > 0
                  ? palette.alert(layer.statistics().nonFinite() + " not finite")
                  : Glyphs.trend(
                      snapshot.trends().getOrDefault(layer.layer(), List.of()), LiveState.TREND)));
    }
    if (shown < scores.layers().size()) {
      lines.add(palette.faint("        … " + (scores.layers().size() - shown) + " more layers"));
    }
  }

  private List<String> advice(Optional<PruningRecommendation> recommendation) {
    String heading = palette.strong("pruning advice") + "  ";
    if (recommendation.isEmpty()) {
      return List.of(heading + "no window yet");
    }
    RecommendationState state = recommendation.get().state();
    List<String> lines = new ArrayList<>();
    lines.add(
        heading + (state instanceof Candidate ? palette.warn(state.describe()) : state.describe()));
    AdviceLines.of(state).forEach(line -> lines.add(palette.faint("                " + line)));
    return lines;
  }

  private static List<Integer> proposed(Optional<PruningRecommendation> recommendation) {
    return recommendation
        .map(PruningRecommendation::state)
        .filter(state -> state instanceof Candidate || state instanceof Verified)
        .map(RecommendationState::layers)
        .orElse(List.of());
  }

  private static String text(String format, OptionalDouble value) {
    return value.isEmpty() ? "–" : String.format(Locale.ROOT, format, value.getAsDouble());
  }
}
