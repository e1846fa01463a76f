package io.layerwatch.scorer.replay;

import io.layerwatch.analysis.score.LayerTable;
import io.layerwatch.analysis.score.ModelScores;

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
    text.append(LayerTable.of(scores.layers(), scores.sparsityThreshold()));
    return text.append(System.lineSeparator()).toString();
  }
}
