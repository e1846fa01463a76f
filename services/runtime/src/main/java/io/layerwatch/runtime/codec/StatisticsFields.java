package io.layerwatch.runtime.codec;

import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.schema.NearZeroCount;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Fields that several records share. */
final class StatisticsFields {

  private StatisticsFields() {}

  /** Avro's consumers may lack infinities: without activations the range is written as 0. */
  static double written(Moments moments, double bound) {
    return moments.count() == 0 ? 0 : bound;
  }

  static Moments moments(long count, double mean, double m2, double min, double max) {
    return count == 0 ? Moments.EMPTY : new Moments(count, mean, m2, min, max);
  }

  static List<NearZeroCount> written(NearZeroLadder ladder) {
    List<NearZeroCount> counts = new ArrayList<>(ladder.size());
    for (int rung = 0; rung < ladder.size(); rung++) {
      counts.add(new NearZeroCount(ladder.threshold(rung), ladder.count(rung)));
    }
    return counts;
  }

  static NearZeroLadder ladder(List<NearZeroCount> counts) {
    double[] thresholds = new double[counts.size()];
    long[] below = new long[thresholds.length];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = counts.get(i).getThreshold();
      below[i] = counts.get(i).getCount();
    }
    return new NearZeroLadder(thresholds, below);
  }

  // Avro's optional fields are null on the wire and nowhere else.
  static Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  static OptionalDouble optional(Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
