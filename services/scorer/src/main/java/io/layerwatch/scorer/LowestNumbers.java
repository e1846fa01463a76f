package io.layerwatch.scorer;

import java.util.Arrays;

/** The lowest sequence number that was seen of each layer. */
final class LowestNumbers {

  static final LowestNumbers NONE = new LowestNumbers(new long[0]);

  // -1 where a layer has none.
  private long[] byLayer;

  private LowestNumbers(long[] byLayer) {
    this.byLayer = byLayer;
  }

  LowestNumbers() {
    this(new long[0]);
  }

  LowestNumbers copy() {
    return new LowestNumbers(byLayer.clone());
  }

  void take(int layer, long number) {
    makeRoom(layer + 1);
    byLayer[layer] = byLayer[layer] < 0 ? number : Math.min(byLayer[layer], number);
  }

  void take(WindowReport report) {
    makeRoom(report.contributions().end());
    report.contributions().forEach((layer, seen) -> take(layer, seen.numbers().first()));
  }

  private void makeRoom(int layers) {
    int known = byLayer.length;
    if (layers > known) {
      byLayer = Arrays.copyOf(byLayer, layers);
      Arrays.fill(byLayer, known, layers, -1);
    }
  }

  /** The lowest of that layer, or -1 when there is none. */
  long of(int layer) {
    return layer < byLayer.length ? byLayer[layer] : -1;
  }

  /** One more than the highest layer that has a number. */
  int end() {
    return byLayer.length;
  }
}
