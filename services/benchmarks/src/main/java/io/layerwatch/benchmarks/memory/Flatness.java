package io.layerwatch.benchmarks.memory;

import io.layerwatch.benchmarks.Spread;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Whether memory stays as it is in the second half of a run: its last quarter, by the median, is
 * held against the quarter before. The first half is left out, since compilers, pools and
 * allocators fill up in it.
 *
 * @param samples at equal intervals, the first before any work
 */
record Flatness(List<Sample> samples) {

  /**
   * Most that the resident set may grow from the third quarter to the fourth. An allocator moves it
   * by a tenth of a percent. An array of a single number left open for each token took 0.9 KiB,
   * which is 22 MiB for a quarter of 100,000 tokens: more than two percent of what the demo model
   * takes.
   */
  static final double MOST = 0.01;

  /** The same for live objects, which vary more from collection to collection. */
  static final double MOST_HEAP = 0.02;

  Flatness {
    samples = List.copyOf(samples);
    if (samples.size() < 5) {
      throw new IllegalArgumentException(
          "samples: expected 5 or more, four quarters and a start, got " + samples.size());
    }
  }

  /** What the last quarter has more than the one before, as a share of that. */
  double growth(ToLongFunction<Sample> figure) {
    int end = samples.size();
    int quarter = (end - 1) / 4;
    return median(samples.subList(end - quarter, end), figure)
            / median(samples.subList(end - 2 * quarter, end - quarter), figure)
        - 1;
  }

  private static double median(List<Sample> some, ToLongFunction<Sample> figure) {
    return Spread.of(some.stream().map(sample -> (double) figure.applyAsLong(sample)).toList())
        .median();
  }

  /** Whether not one array more is open than before, and the rest grows by noise only. */
  boolean holds() {
    long before = samples.get(0).arrays();
    return samples.stream().allMatch(sample -> sample.arrays() == before)
        && growth(Sample::resident) <= MOST
        && growth(Sample::heap) <= MOST_HEAP;
  }

  String verdict() {
    return String.format(
        Locale.ROOT,
        "last quarter against the one before: RSS %+.2f %% (at most %+.0f %%), heap %+.2f %% (at"
            + " most %+.0f %%); arrays %d to %d: %s",
        100 * growth(Sample::resident),
        100 * MOST,
        100 * growth(Sample::heap),
        100 * MOST_HEAP,
        samples.get(0).arrays(),
        samples.get(samples.size() - 1).arrays(),
        holds() ? "flat" : "NOT FLAT");
  }
}
