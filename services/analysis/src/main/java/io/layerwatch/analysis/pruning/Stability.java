package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.statistics.Moments;
import java.util.Collection;
import java.util.List;

/** How far scores hold still from window to window. */
public final class Stability {

  private Stability() {}

  /**
   * How many of the last sets agree: the longest run up to the newest in which every two sets have
   * at least that Jaccard similarity.
   *
   * <p>Every two, not neighbours only: sets that creep by one member a window never agree as a
   * whole.
   *
   * @param sets oldest first
   */
  public static int run(List<? extends Collection<?>> sets, double minimumJaccard) {
    int first = sets.size();
    while (first > 0 && agrees(sets, first - 1, minimumJaccard)) {
      first--;
    }
    return sets.size() - first;
  }

  private static boolean agrees(
      List<? extends Collection<?>> sets, int candidate, double minimumJaccard) {
    return sets.subList(candidate + 1, sets.size()).stream()
        .allMatch(later -> Jaccard.similarity(sets.get(candidate), later) >= minimumJaccard);
  }

  /**
   * Coefficient of variation: population standard deviation ÷ size of the mean; 0 where all numbers
   * are 0.
   */
  public static double spread(double... values) {
    Moments moments = Moments.of(values);
    return moments.mean() == 0 ? 0 : Math.sqrt(moments.variance()) / Math.abs(moments.mean());
  }
}
