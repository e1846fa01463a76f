package io.layerwatch.benchmarks.study;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** All subsets of one size. */
final class Subsets {

  private Subsets() {}

  /** How many there are; {@link Long#MAX_VALUE} stands for more than a long holds. */
  static long count(int n, int size) {
    BigInteger count = BigInteger.ONE;
    for (int i = 1; i <= size; i++) {
      count = count.multiply(BigInteger.valueOf(n - size + i)).divide(BigInteger.valueOf(i));
    }
    return count.bitLength() < Long.SIZE ? count.longValue() : Long.MAX_VALUE;
  }

  /** Those of {0 … n − 1}, each ascending, in lexicographic order. */
  static List<List<Integer>> of(int n, int size) {
    List<List<Integer>> subsets = new ArrayList<>();
    extend(List.of(), 0, n, size, subsets);
    return subsets;
  }

  private static void extend(
      List<Integer> begun, int next, int n, int size, List<List<Integer>> subsets) {
    if (begun.size() == size) {
      subsets.add(begun);
      return;
    }
    for (int i = next; i <= n - (size - begun.size()); i++) {
      List<Integer> longer = new ArrayList<>(begun);
      longer.add(i);
      extend(longer, i + 1, n, size, subsets);
    }
  }
}
