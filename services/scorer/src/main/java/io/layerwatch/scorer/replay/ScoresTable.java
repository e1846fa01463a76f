package io.layerwatch.scorer.replay;

import io.layerwatch.analysis.score.Avss;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.Locale;
import java.util.OptionalDouble;

/** A window as a table for people; its columns are those of {@code layerwatch analyze}. */
final class ScoresTable {

  private ScoresTable() {}

  static String of(ModelScores scores) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s %s to %s, %s: %d tokens, instances %s, sparsity below %s%n"
            .formatted(
                scores.model(),
                scores.window().start(),
                scores.window().end(),
                scores.site(),
                scores.tokens(),
                String.join(", ", scores.instances()),
                scores.sparsityThreshold()));
    scores
        .incompleteReason()
        .ifPresent(reason -> text.append("incomplete: %s%n".formatted(reason)));
    if (!scores.sources().silentInstances().isEmpty()) {
      text.append("silent: %s%n".formatted(String.join(", ", scores.sources().silentInstances())));
    }
    text.append(
        "%5s %11s %11s %9s %11s %9s %9s  %s%n"
            .formatted(
                "layer", "mean", "variance", "sparsity", "AVSS", "share", "influence", "state"));
    scores.layers().forEach(layer -> text.append(row(layer, scores.sparsityThreshold())));
    return text.append(System.lineSeparator()).toString();
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
