package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.score.Ranking;
import java.time.Instant;

/**
 * The current state of pruning advice for one model.
 *
 * @param model whose layers
 * @param updatedAt end of the window that led to it
 * @param site id of the site of the ranking
 * @param ranking the score that layers are ranked by
 * @param layerCount decoder blocks of the model
 * @param windowsRequired stable windows that a candidate needs
 * @param state where it stands
 */
public record PruningRecommendation(
    ModelId model,
    Instant updatedAt,
    String site,
    Ranking ranking,
    int layerCount,
    int windowsRequired,
    RecommendationState state) {

  /** The same in another state. */
  public PruningRecommendation in(RecommendationState changed) {
    return new PruningRecommendation(
        model, updatedAt, site, ranking, layerCount, windowsRequired, changed);
  }
}
