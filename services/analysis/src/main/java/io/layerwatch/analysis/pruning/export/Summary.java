package io.layerwatch.analysis.pruning.export;

import java.util.List;
import java.util.stream.Collectors;

/** A removal in one sentence, for comments: in Layerwatch's own numbers, which it says. */
final class Summary {

  private Summary() {}

  static String of(LayerRemoval removal) {
    String from = " of " + removal.layerCount() + " layers (as Layerwatch counts them, from 0).";
    return removal.removed().isEmpty()
        ? "Removes none" + from
        : "Removes " + joined(removal.removed(), ", ") + from;
  }

  static String joined(List<Integer> layers, String separator) {
    return layers.stream().map(String::valueOf).collect(Collectors.joining(separator));
  }
}
