package io.layerwatch.benchmarks.drift;

import io.layerwatch.analysis.drift.DriftCriteria;
import io.layerwatch.analysis.drift.ScoreWatch;
import io.layerwatch.analysis.drift.ScoreWatch.Drifting;
import io.layerwatch.analysis.drift.ScoreWatch.Learning;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** Layers whose scores vary by chance, under the detector that the scorer runs. */
final class SimulatedLayers {

  private final DriftCriteria criteria;
  private final Noise noise;
  private final double deviation;
  private final Random random;

  /**
   * Such layers.
   *
   * @param deviation standard deviation of a score from window to window, as a share of it
   */
  SimulatedLayers(DriftCriteria criteria, Noise noise, double deviation, Random random) {
    this.criteria = criteria;
    this.noise = noise;
    this.deviation = deviation;
    this.random = random;
  }

  /** Times that drift is raised in one layer whose score stays, after its baseline. */
  int falseAlarms(int windows) {
    Layer layer = new Layer();
    int alarms = 0;
    for (int window = 0; window < windows; window++) {
      boolean before = layer.drifting();
      layer.next(0);
      alarms += layer.drifting() && !before ? 1 : 0;
    }
    return alarms;
  }

  /** Windows until drift is raised after a score has changed by a factor; the most at most. */
  List<Double> delays(int layers, double factor, int most) {
    List<Double> delays = new ArrayList<>();
    while (delays.size() < layers) {
      Layer layer = new Layer();
      // The chart is somewhere on its way when the shift comes.
      for (int window = 0; window < 50; window++) {
        layer.next(0);
      }
      if (layer.drifting()) {
        continue;
      }
      int windows = 0;
      while (!layer.drifting() && windows < most) {
        layer.next(Math.log(factor));
        windows++;
      }
      delays.add((double) windows);
    }
    return delays;
  }

  private final class Layer {

    private final DoubleSupplier values = noise.of(random);
    private ScoreWatch watch = ScoreWatch.START;

    Layer() {
      while (watch instanceof Learning) {
        next(0);
      }
    }

    void next(double shift) {
      watch = watch.next(shift + deviation * values.getAsDouble(), criteria);
    }

    boolean drifting() {
      return watch instanceof Drifting;
    }
  }
}
