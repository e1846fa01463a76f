package io.layerwatch.analysis.pruning.export;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Layers to remove from a model, 0-based. Nothing to remove is allowed; to remove all is not, since
 * no model would be left.
 *
 * @param layerCount layers of the model before
 * @param removed ascending
 */
public record LayerRemoval(int layerCount, List<Integer> removed) {

  /**
   * Layers in a row, half-open: from begin to before end, 0-based.
   *
   * @param begin the first layer
   * @param end one more than the last
   */
  public record Range(int begin, int end) {}

  /** Layers that cannot be removed. The message is one sentence with every problem. */
  public static final class InvalidLayersException extends IllegalArgumentException {

    InvalidLayersException(List<String> problems) {
      super(String.join("; ", problems));
    }
  }

  /** Checks the layers and orders them. */
  public LayerRemoval {
    List<String> problems = problems(layerCount, removed);
    if (!problems.isEmpty()) {
      throw new InvalidLayersException(problems);
    }
    removed = removed.stream().sorted().toList();
  }

  /** The removal of these layers, in any order. */
  public static LayerRemoval of(int layerCount, Collection<Integer> removed) {
    return new LayerRemoval(layerCount, List.copyOf(removed));
  }

  private static List<String> problems(int layerCount, List<Integer> removed) {
    if (layerCount < 1) {
      return List.of("expected a model of at least 1 layer, got " + layerCount);
    }
    List<String> problems = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    Set<Integer> twice = new HashSet<>();
    for (int layer : removed) {
      if (layer < 0 || layer >= layerCount) {
        problems.add("expected layers from 0 to " + (layerCount - 1) + ", got " + layer);
      } else if (!seen.add(layer) && twice.add(layer)) {
        problems.add("expected every layer once, got " + layer + " twice");
      }
    }
    if (seen.size() == layerCount) {
      problems.add("expected a layer to be left, got all " + layerCount);
    }
    return problems;
  }

  /** The layers that stay, ascending, by the numbers that they have before. */
  public List<Integer> kept() {
    Set<Integer> gone = new HashSet<>(removed);
    return IntStream.range(0, layerCount).filter(layer -> !gone.contains(layer)).boxed().toList();
  }

  /** The layers that stay as the fewest ranges. */
  public List<Range> keptRanges() {
    List<Range> ranges = new ArrayList<>();
    int begin = 0;
    for (int layer : removed) {
      if (layer > begin) {
        ranges.add(new Range(begin, layer));
      }
      begin = layer + 1;
    }
    if (begin < layerCount) {
      ranges.add(new Range(begin, layerCount));
    }
    return List.copyOf(ranges);
  }
}
