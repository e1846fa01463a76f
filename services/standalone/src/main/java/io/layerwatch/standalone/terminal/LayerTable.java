package io.layerwatch.standalone.terminal;

import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.recommender.live.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** A window's layers, a row each, with bars and trends. */
final class LayerTable {

  private static final int LEAST_BAR = 8;
  private static final int LARGEST_BAR = 40;
  private static final int OTHER_COLUMNS = 72;

  private final Palette palette;
  private final ModelScores scores;
  private final List<Integer> marked;
  private final Map<Integer, List<Double>> trends;
  private final BarScale scale;
  private final int bar;

  /**
   * A table.
   *
   * @param marked layers that advice names
   * @param trends by layer: AVSS of the last windows, oldest first
   */
  LayerTable(
      Palette palette,
      ModelScores scores,
      List<Integer> marked,
      Map<Integer, List<Double>> trends,
      int width) {
    this.palette = palette;
    this.scores = scores;
    this.marked = marked;
    this.trends = trends;
    this.bar = Math.max(LEAST_BAR, Math.min(LARGEST_BAR, width - OTHER_COLUMNS));
    this.scale =
        BarScale.of(
            scores.layers().stream()
                .flatMapToDouble(layer -> layer.normalizedAvss().stream())
                .toArray());
  }

  /** Heading and layers in so many rows: where not all fit, the marked ones and those around. */
  List<String> rows(int room) {
    List<LayerScore> layers = scores.layers();
    int fitting = layers.size() < room ? layers.size() : Math.max(1, room - 2);
    List<String> rows = new ArrayList<>();
    rows.add(palette.faint(heading()));
    layers.stream()
        .sorted(Comparator.comparingInt(this::fromMarked))
        .limit(fitting)
        .sorted(Comparator.comparingInt(LayerScore::layer))
        .map(this::row)
        .forEach(rows::add);
    if (fitting < layers.size()) {
      rows.add(palette.faint("        … " + (layers.size() - fitting) + " more layers"));
    }
    return rows;
  }

  /** How many layers away the nearest marked one is. */
  private int fromMarked(LayerScore layer) {
    return marked.stream().mapToInt(other -> Math.abs(other - layer.layer())).min().orElse(0);
  }

  private String heading() {
    int score = bar + 8;
    String named = scale.logarithmic() ? "normalised AVSS (log scale)" : "normalised AVSS";
    return String.format(
        Locale.ROOT,
        "%6s  %-" + score + "s %10s %10s %9s %9s  %s",
        "layer",
        named.length() <= score ? named : "normalised (log)",
        "AVSS",
        "variance",
        "sparsity",
        "influence",
        "trend");
  }

  private String row(LayerScore layer) {
    boolean isMarked = marked.contains(layer.layer());
    String drawn = Glyphs.bar(scale.share(layer.normalizedAvss()), bar);
    return String.format(
        Locale.ROOT,
        "%s%4d  %s %7s %10s %10.4g %9s %9s  %s",
        isMarked ? palette.warn(" ✂") : "  ",
        layer.layer(),
        isMarked ? palette.warn(drawn) : palette.accent(drawn),
        text("%.2g", layer.normalizedAvss()),
        text("%.4g", layer.avss().score()),
        layer.statistics().moments().variance(),
        text("%.5f", layer.statistics().sparsity(scores.sparsityThreshold())),
        text("%.4f", layer.statistics().blockInfluence()),
        layer.statistics().nonFinite() > 0
            ? palette.alert(layer.statistics().nonFinite() + " not finite")
            : Glyphs.trend(trends.getOrDefault(layer.layer(), List.of()), Snapshot.TREND));
  }

  private static String text(String format, OptionalDouble value) {
    return value.isEmpty() ? "–" : String.format(Locale.ROOT, format, value.getAsDouble());
  }
}
