package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.score.Avss;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** What one window says for or against a proposal: either nothing, and why, or a lowest set. */
sealed interface WindowEvidence {

  /** The window does not count. */
  record None(String reason) implements WindowEvidence {}

  /**
   * A window that counts.
   *
   * @param scores every layer's, by layer
   * @param lowest the layers that score lowest, protected ones left out, ascending
   */
  record Lowest(ModelScores window, Map<Integer, Double> scores, List<Integer> lowest)
      implements WindowEvidence {}

  /** Judges a window of the settings' site. */
  static WindowEvidence of(ModelScores window, PruningSettings settings) {
    if (window.incompleteReason().isPresent()) {
      return new None(window.incompleteReason().get());
    }
    if (window.tokens() < settings.minimumTokens()) {
      return new None(
          "the last window has " + window.tokens() + " of " + settings.minimumTokens() + " tokens");
    }
    Map<Integer, Double> scores = new TreeMap<>();
    for (LayerScore layer : window.layers()) {
      OptionalDouble score = settings.ranking().score(layer);
      if (score.isEmpty()) {
        return new None(undefined(layer, settings.ranking()));
      }
      if (settings.ranking() != Ranking.BLOCK_INFLUENCE
          && layer.avss().state() == Avss.State.WEAK) {
        return new None(
            "too few activations of layer "
                + layer.layer()
                + " lie below threshold "
                + window.sparsityThreshold());
      }
      scores.put(layer.layer(), score.getAsDouble());
    }
    return new Lowest(window, scores, lowest(scores, settings));
  }

  /** The ⌊share · layers⌋ lowest that are not protected, ascending by layer. */
  static List<Integer> lowest(Map<Integer, Double> scores, PruningSettings settings) {
    long wanted = (long) Math.floor(settings.share() * scores.size() + 1e-9);
    return Ranking.ascending(scores).stream()
        .filter(layer -> !settings.protectedLayers().contains(layer))
        .limit(wanted)
        .sorted()
        .toList();
  }

  private static String undefined(LayerScore layer, Ranking ranking) {
    String reason =
        layer.avss() instanceof Avss.Undefined undefined
            ? undefined.reason()
            : "no sequence was prefilled";
    return ranking.id() + " of layer " + layer.layer() + " is undefined: " + reason;
  }
}
