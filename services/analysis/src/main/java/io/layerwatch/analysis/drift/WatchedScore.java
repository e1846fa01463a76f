package io.layerwatch.analysis.drift;

import io.layerwatch.analysis.score.Ranking;
import java.util.Comparator;

/** A score of a layer, 0-based, at the site in question. */
public record WatchedScore(int layer, Ranking score) implements Comparable<WatchedScore> {

  private static final Comparator<WatchedScore> ORDER =
      Comparator.comparingInt(WatchedScore::layer).thenComparing(WatchedScore::score);

  @Override
  public int compareTo(WatchedScore other) {
    return ORDER.compare(this, other);
  }
}
