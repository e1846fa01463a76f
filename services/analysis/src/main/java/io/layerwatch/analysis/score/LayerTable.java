package io.layerwatch.analysis.score;

import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Scored layers of one site as a table for people, a line each under a line of headings. */
public final class LayerTable {

  private LayerTable() {}

  /**
   * Writes the table.
   *
   * @param threshold the near-zero threshold behind sparsity
   */
  public static String of(List<LayerScore> layers, double threshold) {
    StringBuilder text =
        new StringBuilder(
            "%5s %11s %11s %9s %11s %9s %9s  %s%n"
                .formatted(
                    "layer",
                    "mean",
                    "variance",
                    "sparsity",
                    "AVSS",
                    "norm.AVSS",
                    "influence",
                    "state"));
    layers.forEach(layer -> text.append(row(layer, threshold)));
    return text.toString();
  }

  private static String row(LayerScore score, double threshold) {
    LayerStatistics statistics = score.statistics();
    return String.format(
        Locale.ROOT,
        "%5d %11.4g %11.5g %9s %11s %9s %9s  %s%s%n",
        score.layer(),
        statistics.moments().mean(),
        statistics.moments().variance(),
        shown("%.5f", statistics.sparsity(threshold)),
        shown("%.5g", score.avss().score()),
        shown("%.3g", score.normalizedAvss()),
        shown("%.4f", statistics.blockInfluence()),
        score.avss().state(),
        score.avss() instanceof Avss.Undefined undefined ? ": " + undefined.reason() : "");
  }

  private static String shown(String format, OptionalDouble value) {
    return value.isEmpty() ? "-" : String.format(Locale.ROOT, format, value.getAsDouble());
  }
}
