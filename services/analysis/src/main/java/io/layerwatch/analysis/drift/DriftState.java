package io.layerwatch.analysis.drift;

import io.layerwatch.analysis.score.ModelScores;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of a model's layers at one site.
 *
 * @param layerCount of the model that this is about
 * @param sparsityThreshold behind the scores that this is about
 * @param watches each score of each layer that was seen
 * @param nonFinite layers with activations that are no numbers: windows without any since the last
 */
public record DriftState(
    int layerCount,
    double sparsityThreshold,
    SortedMap<WatchedScore, ScoreWatch> watches,
    SortedMap<Integer, Integer> nonFinite) {

  public DriftState {
    watches = Collections.unmodifiableSortedMap(new TreeMap<>(watches));
    nonFinite = Collections.unmodifiableSortedMap(new TreeMap<>(nonFinite));
  }

  /** Before the first window of scores such as these. */
  public static DriftState start(ModelScores scores) {
    return new DriftState(
        scores.shape().layerCount(), scores.sparsityThreshold(), new TreeMap<>(), new TreeMap<>());
  }

  /** Whether a window was scored as those were that this came of, so that its scores compare. */
  public boolean comparesWith(ModelScores scores) {
    return scores.shape().layerCount() == layerCount
        && scores.sparsityThreshold() == sparsityThreshold;
  }
}
