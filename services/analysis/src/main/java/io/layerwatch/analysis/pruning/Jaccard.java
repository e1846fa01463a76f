package io.layerwatch.analysis.pruning;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** How alike two sets are: the size of their intersection ÷ the size of their union. */
final class Jaccard {

  private Jaccard() {}

  /** From 0, nothing in common, to 1, equal; two empty sets are equal. */
  static double similarity(Collection<Integer> a, Collection<Integer> b) {
    Set<Integer> union = new HashSet<>(a);
    union.addAll(b);
    Set<Integer> intersection = new HashSet<>(a);
    intersection.retainAll(b);
    return union.isEmpty() ? 1 : (double) intersection.size() / union.size();
  }
}
