package io.layerwatch.integration;

import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.recommender.live.ScoreFeed;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Collects what a feed reads. */
final class Received implements ScoreFeed.Listener {

  final List<ModelScores> scores = new CopyOnWriteArrayList<>();
  final List<PruningRecommendation> recommendations = new CopyOnWriteArrayList<>();

  @Override
  public void on(ModelScores window) {
    scores.add(window);
  }

  @Override
  public void on(PruningRecommendation recommendation) {
    recommendations.add(recommendation);
  }

  List<ModelScores> withTokens(String site) {
    return scores.stream()
        .filter(window -> window.site().equals(site) && window.tokens() > 0)
        .toList();
  }
}
