package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.score.Ranking;
import java.util.List;
import java.util.TreeSet;

/**
 * What a pruning proposal takes.
 *
 * @param site id of the site whose scores count
 * @param ranking the score that layers are ranked by
 * @param share proposed for removal: the ⌊share · layers⌋ lowest
 * @param windows consecutive stable windows that a candidate needs
 * @param minimumJaccard similarity of the lowest sets of two windows that count as the same
 * @param maximumSpread largest coefficient of variation of a proposed layer's score
 * @param minimumTokens fewest tokens of a window that counts as evidence
 * @param withdrawAfter consecutive windows of evidence against a candidate that withdraw it
 * @param protectedLayers never proposed, 0-based, ascending
 */
public record PruningSettings(
    String site,
    Ranking ranking,
    double share,
    int windows,
    double minimumJaccard,
    double maximumSpread,
    long minimumTokens,
    int withdrawAfter,
    List<Integer> protectedLayers) {

  public PruningSettings {
    requireShare("share", share);
    requireShare("minimumJaccard", minimumJaccard);
    if (windows < 2) {
      throw new IllegalArgumentException("windows: expected 2 or more, got " + windows);
    }
    if (!(maximumSpread > 0)) {
      throw new IllegalArgumentException(
          "maximumSpread: expected a number above 0, got " + maximumSpread);
    }
    if (minimumTokens < 1) {
      throw new IllegalArgumentException("minimumTokens: expected 1 or more, got " + minimumTokens);
    }
    if (withdrawAfter < 1) {
      throw new IllegalArgumentException("withdrawAfter: expected 1 or more, got " + withdrawAfter);
    }
    protectedLayers = List.copyOf(new TreeSet<>(protectedLayers));
  }

  private static void requireShare(String field, double value) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(
          field + ": expected a number above 0, at most 1, got " + value);
    }
  }
}
