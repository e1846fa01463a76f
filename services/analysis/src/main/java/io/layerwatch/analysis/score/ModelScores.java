package io.layerwatch.analysis.score;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What one closed window says about every layer of a model at one site.
 *
 * @param model whose layers
 * @param shape the model's size
 * @param site id of the site
 * @param window the span of event time
 * @param sources who was heard, and what is missing
 * @param sparsityThreshold the near-zero threshold behind sparsity and AVSS
 * @param layers the layers seen, ascending
 */
public record ModelScores(
    ModelId model,
    ModelShape shape,
    String site,
    TimeWindow window,
    Sources sources,
    double sparsityThreshold,
    List<LayerScore> layers) {

  /** Instances named in a reason, at most. */
  private static final int NAMED = 3;

  public ModelScores {
    layers = List.copyOf(layers);
    int least = 0;
    for (LayerScore score : layers) {
      if (score.layer() < least || score.layer() >= shape.layerCount()) {
        throw new IllegalArgumentException(
            "layers: expected ascending layers from 0 to "
                + (shape.layerCount() - 1)
                + ", got "
                + layers.stream().map(LayerScore::layer).toList());
      }
      least = score.layer() + 1;
    }
  }

  /**
   * Scores the merged statistics of a window.
   *
   * @param statistics per layer, merged over all instances
   */
  public static ModelScores of(
      ModelId model,
      ModelShape shape,
      String site,
      TimeWindow window,
      Sources sources,
      double sparsityThreshold,
      SortedMap<Integer, LayerStatistics> statistics) {
    return new ModelScores(
        model,
        shape,
        site,
        window,
        sources,
        sparsityThreshold,
        LayerScores.of(statistics, shape.layerCount(), sparsityThreshold));
  }

  /** Instances heard, sorted. */
  public List<String> instances() {
    return sources.instances();
  }

  /** Most tokens any layer saw. */
  public long tokens() {
    return layers.stream().mapToLong(layer -> layer.statistics().tokens()).max().orElse(0);
  }

  /**
   * Whether this window is evidence: every layer reported the same tokens, more than none, no
   * summary is missing, and every instance was heard to its end.
   */
  public boolean complete() {
    return incompleteReason().isEmpty();
  }

  /** What is missing, in words, or empty when the window is complete. */
  public Optional<String> incompleteReason() {
    if (layers.size() < shape.layerCount()) {
      String missing =
          IntStream.range(0, shape.layerCount())
              .filter(layer -> layers.stream().noneMatch(seen -> seen.layer() == layer))
              .mapToObj(Integer::toString)
              .collect(Collectors.joining(", "));
      return Optional.of(
          (shape.layerCount() - layers.size())
              + " of "
              + shape.layerCount()
              + " layers missing: "
              + missing);
    }
    if (sources.missingSummaries() > 0) {
      return Optional.of(sources.missingSummaries() + " summaries missing");
    }
    List<String> silent = sources.silentInstances();
    if (!silent.isEmpty()) {
      return Optional.of(
          "not heard to its end: "
              + String.join(", ", silent.subList(0, Math.min(NAMED, silent.size())))
              + (silent.size() > NAMED ? " and " + (silent.size() - NAMED) + " more" : ""));
    }
    long tokens = tokens();
    if (tokens == 0) {
      return Optional.of("no token was seen");
    }
    return layers.stream()
        .filter(layer -> layer.statistics().tokens() < tokens)
        .findFirst()
        .map(
            layer ->
                "layer "
                    + layer.layer()
                    + " reports "
                    + layer.statistics().tokens()
                    + " of "
                    + tokens
                    + " tokens");
  }
}
