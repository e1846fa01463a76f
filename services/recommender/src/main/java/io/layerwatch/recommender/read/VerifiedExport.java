package io.layerwatch.recommender.read;

import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import io.layerwatch.analysis.pruning.export.ExportFormat;
import io.layerwatch.analysis.pruning.export.LayerRemoval;
import java.util.Optional;

/** A verified recommendation in the form that a tool takes. */
final class VerifiedExport {

  private VerifiedExport() {}

  /** Nothing, unless it is verified. */
  static Optional<String> of(PruningRecommendation recommendation, ExportFormat format) {
    if (!(recommendation.state() instanceof Verified verified)) {
      return Optional.empty();
    }
    LayerRemoval removal = LayerRemoval.of(recommendation.layerCount(), verified.layers());
    return Optional.of(format.text(recommendation.model().name(), removal));
  }

  static String refusal(PruningRecommendation recommendation) {
    return recommendation.model()
        + ": only what was verified is exported; "
        + recommendation.state().describe();
  }
}
