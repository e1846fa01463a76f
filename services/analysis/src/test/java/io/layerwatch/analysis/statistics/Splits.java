package io.layerwatch.analysis.statistics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BinaryOperator;

/** Random splits of data, and merges of the parts in random order and grouping. */
final class Splits {

  private Splits() {}

  static <T> List<List<T>> split(List<T> values, int parts, Random random) {
    List<List<T>> result = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      result.add(new ArrayList<>());
    }
    values.forEach(value -> result.get(random.nextInt(parts)).add(value));
    return result;
  }

  static <T> T mergeAnyhow(List<T> parts, BinaryOperator<T> merge, Random random) {
    List<T> left = new ArrayList<>(parts);
    while (left.size() > 1) {
      Collections.shuffle(left, random);
      T one = left.remove(left.size() - 1);
      T other = left.remove(left.size() - 1);
      left.add(merge.apply(one, other));
    }
    return left.get(0);
  }
}
