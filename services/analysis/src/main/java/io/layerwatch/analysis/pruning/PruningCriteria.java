package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.score.Ranking;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What it takes to propose layers for removal.
 *
 * @param windows stable windows that a candidate needs
 * @param share of the model's layers to propose; a count, ⌊share · layers⌋, see {@link #count}
 * @param ranking the score that layers are ranked by
 * @param site id of the site whose scores count
 * @param minimumJaccard least similarity of the lowest layers of any two of the windows
 * @param maximumSpread most that a proposed layer's score may vary over the windows: standard
 *     deviation ÷ mean
 * @param minimumTokens a window with fewer tokens is no evidence
 * @param protectedLayers never proposed
 * @param withdrawAfter a candidate falls when that many windows in a row have other lowest layers;
 *     at most {@code windows}, so that it falls before another set could take its place
 */
public record PruningCriteria(
    int windows,
    double share,
    Ranking ranking,
    String site,
    double minimumJaccard,
    double maximumSpread,
    long minimumTokens,
    SortedSet<Integer> protectedLayers,
    int withdrawAfter) {

  /** RATIONALE.md says where these come from. */
  public static final PruningCriteria DEFAULT =
      new PruningCriteria(
          10,
          0.25,
          Ranking.AVSS,
          Site.RELATIVE_CONTRIBUTION.id(),
          0.9,
          0.25,
          1_000,
          new TreeSet<>(),
          3);

  public PruningCriteria {
    require(windows >= 1, "windows", "1 or more", windows);
    require(share > 0 && share < 1, "share", "a number between 0 and 1", share);
    require(!site.isEmpty(), "site", "a non-empty text", site);
    require(
        minimumJaccard > 0 && minimumJaccard <= 1,
        "minimumJaccard",
        "a number above 0, at most 1",
        minimumJaccard);
    require(
        maximumSpread >= 0 && Double.isFinite(maximumSpread),
        "maximumSpread",
        "a finite number, 0 or more",
        maximumSpread);
    require(minimumTokens >= 1, "minimumTokens", "1 or more", minimumTokens);
    require(
        protectedLayers.isEmpty() || protectedLayers.first() >= 0,
        "protectedLayers",
        "layers of 0 or more",
        protectedLayers);
    require(
        withdrawAfter >= 1 && withdrawAfter <= windows,
        "withdrawAfter",
        "1 to windows (" + windows + ")",
        withdrawAfter);
    protectedLayers = Collections.unmodifiableSortedSet(new TreeSet<>(protectedLayers));
  }

  /** How many layers to propose: ⌊share · layers⌋, and no more than are unprotected. */
  public int count(int layerCount) {
    int unprotected = layerCount - protectedLayers.headSet(layerCount).size();
    return Math.min(count(share, layerCount), unprotected);
  }

  /** ⌊share · layers⌋. */
  public static int count(double share, int layerCount) {
    // 0.29 · 100 is 28.999999999999996 in doubles, and 29 to whoever wrote it.
    return (int) Math.floor(share * layerCount + 1e-9);
  }

  private static void require(boolean holds, String field, String expected, Object got) {
    if (!holds) {
      throw new IllegalArgumentException(
          field + ": expected " + expected + ", got \"" + got + "\"");
    }
  }
}
