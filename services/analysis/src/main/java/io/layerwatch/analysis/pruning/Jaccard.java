package io.layerwatch.analysis.pruning;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Jaccard similarity of two sets: members in both ÷ members in either. */
public final class Jaccard {

  private Jaccard() {}

  /** From 0, nothing in common, to 1, the same; two empty sets are the same. */
  public static double similarity(Collection<?> one, Collection<?> other) {
    Set<Object> either = new HashSet<>(one);
    either.addAll(other);
    Set<Object> both = new HashSet<>(one);
    both.retainAll(new HashSet<>(other));
    return either.isEmpty() ? 1 : (double) both.size() / either.size();
  }
}
