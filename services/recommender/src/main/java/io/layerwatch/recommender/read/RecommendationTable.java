package io.layerwatch.recommender.read;

import io.layerwatch.analysis.pruning.PruningRecommendation;

/** A recommendation for people: where it stands, in words, and what stands behind it. */
final class RecommendationTable {

  private RecommendationTable() {}

  static String of(PruningRecommendation recommendation) {
    StringBuilder text = new StringBuilder();
    text.append("%s  %s%n".formatted(recommendation.model(), recommendation.state().describe()));
    text.append(
        "  ranked by %s at %s; %d layers, counted from 0; as of %s%n"
            .formatted(
                recommendation.ranking().label(),
                recommendation.site(),
                recommendation.layerCount(),
                recommendation.updatedAt()));
    AdviceLines.of(recommendation.state())
        .forEach(line -> text.append("  ").append(line).append(System.lineSeparator()));
    return text.append(System.lineSeparator()).toString();
  }
}
