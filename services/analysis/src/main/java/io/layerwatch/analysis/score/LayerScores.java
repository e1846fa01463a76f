package io.layerwatch.analysis.score;

import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;

/** Scores the layers of a model beside each other. */
public final class LayerScores {

  private LayerScores() {}

  /**
   * One score a layer, in order of layer. Normalised AVSS is AVSS ÷ its sum over all layers:
   * dividing variance and sparsity by their own sums first, as the paper writes it, changes every
   * AVSS by one constant, and so nothing here.
   *
   * @param statistics by layer; layers may be missing
   * @param layerCount layers the model has
   * @param threshold the sparsity threshold
   */
  public static List<LayerScore> of(
      SortedMap<Integer, LayerStatistics> statistics, int layerCount, double threshold) {
    List<Avss> avss = statistics.values().stream().map(layer -> Avss.of(layer, threshold)).toList();
    double sum = avss.stream().mapToDouble(score -> score.score().orElse(0)).sum();
    boolean normalised =
        sum > 0
            && avss.size() == layerCount
            && avss.stream().allMatch(score -> score.score().isPresent());
    List<LayerScore> scores = new ArrayList<>();
    for (var layer : statistics.entrySet()) {
      Avss own = avss.get(scores.size());
      scores.add(
          new LayerScore(
              layer.getKey(),
              layer.getValue(),
              own,
              normalised
                  ? OptionalDouble.of(own.score().orElseThrow() / sum)
                  : OptionalDouble.empty()));
    }
    return List.copyOf(scores);
  }
}
