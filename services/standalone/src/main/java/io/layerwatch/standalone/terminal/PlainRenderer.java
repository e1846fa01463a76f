package io.layerwatch.standalone.terminal;

import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.recommender.read.AdviceLines;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Writes windows and recommendations as lines for pipes and logs: no colours, no drawing. */
final class PlainRenderer {

  private PlainRenderer() {}

  static List<String> window(ModelScores scores, int number) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "window %d %s %s %s %s tokens=%d instances=%d %s",
            number,
            scores.window().start(),
            scores.window().end(),
            scores.model(),
            scores.site(),
            scores.tokens(),
            scores.instances().size(),
            scores.incompleteReason().map(why -> "incomplete: " + why).orElse("complete")));
    for (LayerScore layer : scores.layers()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  layer=%d normalizedAvss=%s avss=%s variance=%.6g sparsity=%s blockInfluence=%s"
                  + " nonFinite=%d %s",
              layer.layer(),
              text("%.3g", layer.normalizedAvss()),
              text("%.6g", layer.avss().score()),
              layer.statistics().moments().variance(),
              text("%.6f", layer.statistics().sparsity(scores.sparsityThreshold())),
              text("%.5f", layer.statistics().blockInfluence()),
              layer.statistics().nonFinite(),
              layer.avss().state()));
    }
    return lines;
  }

  static String drift(LayerDrift drift) {
    return "drift "
        + (drift.raised() ? "raised " : "cleared ")
        + drift.model()
        + " "
        + drift.site()
        + " layer="
        + drift.layer()
        + " "
        + drift.reason();
  }

  static List<String> recommendation(PruningRecommendation recommendation) {
    List<String> lines = new ArrayList<>();
    lines.add("recommendation " + recommendation.model() + " " + recommendation.state().describe());
    AdviceLines.of(recommendation.state()).forEach(line -> lines.add("  " + line));
    return lines;
  }

  private static String text(String format, OptionalDouble value) {
    return value.isEmpty() ? "-" : String.format(Locale.ROOT, format, value.getAsDouble());
  }
}
