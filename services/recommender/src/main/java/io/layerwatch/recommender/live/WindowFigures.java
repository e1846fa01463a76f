package io.layerwatch.recommender.live;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is kept of a closed window once it is no longer the last: some 40 bytes a layer, where the
 * window itself has ten times that.
 */
final class WindowFigures {

  private final TimeWindow window;
  private final long tokens;
  private final Optional<String> incompleteReason;

  /** By layer, from 0 on; NaN, which never leaves this class, where a layer has none. */
  private final Map<LayerFigure, double[]> figures = new EnumMap<>(LayerFigure.class);

  private WindowFigures(ModelScores scores) {
    window = scores.window();
    tokens = scores.tokens();
    incompleteReason = scores.incompleteReason();
  }

  static WindowFigures of(ModelScores scores) {
    WindowFigures kept = new WindowFigures(scores);
    for (LayerFigure figure : LayerFigure.values()) {
      double[] values = new double[scores.shape().layerCount()];
      Arrays.fill(values, Double.NaN);
      for (LayerScore layer : scores.layers()) {
        figure
            .of(layer, scores.sparsityThreshold())
            .ifPresent(value -> values[layer.layer()] = value);
      }
      kept.figures.put(figure, values);
    }
    return kept;
  }

  TimeWindow window() {
    return window;
  }

  long tokens() {
    return tokens;
  }

  /** What it lacks, in words, if it does. */
  Optional<String> incompleteReason() {
    return incompleteReason;
  }

  int layerCount() {
    return figures.get(LayerFigure.AVSS).length;
  }

  OptionalDouble value(LayerFigure figure, int layer) {
    double value = figures.get(figure)[layer];
    return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }
}
