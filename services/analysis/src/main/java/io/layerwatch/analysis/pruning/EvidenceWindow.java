package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A closed window that counts as evidence.
 *
 * @param scores what it says
 * @param lowest the layers that score lowest in it and are not protected, ascending
 */
record EvidenceWindow(ModelScores scores, List<Integer> lowest) {

  /** Why a window is no evidence, in words; empty when it is. */
  static Optional<String> withheld(ModelScores scores, PruningCriteria criteria) {
    return scores
        .incompleteReason()
        .map(reason -> "incomplete: " + reason)
        .or(() -> tooFewTokens(scores, criteria.minimumTokens()))
        .or(() -> firstWeakness(scores, criteria));
  }

  private static Optional<String> tooFewTokens(ModelScores scores, long minimum) {
    return scores.tokens() >= minimum
        ? Optional.empty()
        : Optional.of(scores.tokens() + " tokens, fewer than " + minimum);
  }

  private static Optional<String> firstWeakness(ModelScores scores, PruningCriteria criteria) {
    Ranking ranking = criteria.ranking();
    for (LayerScore layer : scores.layers()) {
      Optional<String> weakness = ranking.weakness(layer);
      // A protected layer is not ranked: its score stands in nobody's way.
      if (weakness.isPresent() && !criteria.protectedLayers().contains(layer.layer())) {
        return Optional.of(
            ranking.label() + " of layer " + layer.layer() + " is " + weakness.get());
      }
    }
    return Optional.empty();
  }

  /** The evidence of a window that is not {@link #withheld}. */
  static EvidenceWindow of(ModelScores scores, PruningCriteria criteria) {
    Map<Integer, Double> ranked =
        scores.layers().stream()
            .filter(layer -> !criteria.protectedLayers().contains(layer.layer()))
            .collect(
                Collectors.toMap(
                    LayerScore::layer, layer -> criteria.ranking().score(layer).orElseThrow()));
    return new EvidenceWindow(scores, lowest(ranked, criteria.count(scores.shape().layerCount())));
  }

  /** The layers of the lowest scores, ascending. */
  static List<Integer> lowest(Map<Integer, Double> scores, int count) {
    return Ranking.ascending(scores).stream().limit(count).sorted().toList();
  }

  /** Whether both windows were scored alike, so that their scores compare. */
  boolean comparesWith(EvidenceWindow other) {
    Function<EvidenceWindow, Object> way =
        window -> List.of(window.scores.shape().layerCount(), window.scores.sparsityThreshold());
    return way.apply(this).equals(way.apply(other));
  }
}
