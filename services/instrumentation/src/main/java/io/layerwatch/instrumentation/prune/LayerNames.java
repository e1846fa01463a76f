package io.layerwatch.instrumentation.prune;

import io.layerwatch.analysis.pruning.export.LayerRemoval;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What tensors are called after a removal. A layer's tensors begin with its number: {@code
 * model.layers.3.} in Llama and its kin, {@code h.3.} or {@code transformer.h.3.} in GPT-2, {@code
 * gpt_neox.layers.3.} in GPT-NeoX. All others belong to no layer and keep their names.
 */
final class LayerNames {

  private static final Pattern OF_LAYER =
      Pattern.compile(
          "((?:model\\.layers|gpt_neox\\.layers|transformer\\.h|h)\\.)(0|[1-9]\\d{0,8})(\\..+)");

  private final Map<Integer, Integer> newNumbers = new HashMap<>();

  LayerNames(LayerRemoval removal) {
    removal.kept().forEach(layer -> newNumbers.put(layer, newNumbers.size()));
  }

  /** The tensor's name after the removal; empty when it goes with its layer. */
  Optional<String> renamed(String name) {
    Matcher tensor = OF_LAYER.matcher(name);
    if (!tensor.matches()) {
      return Optional.of(name);
    }
    return Optional.ofNullable(newNumbers.get(Integer.valueOf(tensor.group(2))))
        .map(number -> tensor.group(1) + number + tensor.group(3));
  }

  /**
   * What stands in the way of removing layers by these names.
   *
   * @return a sentence, or empty when they are tensors of exactly the layers 0 to layerCount − 1
   */
  static Optional<String> problem(Set<String> names, int layerCount) {
    Set<Integer> found =
        names.stream()
            .map(LayerNames::layerOf)
            .flatMapToInt(OptionalInt::stream)
            .boxed()
            .collect(Collectors.toCollection(TreeSet::new));
    Set<Integer> expected =
        IntStream.range(0, layerCount).boxed().collect(Collectors.toCollection(TreeSet::new));
    return found.equals(expected)
        ? Optional.empty()
        : Optional.of(
            "expected tensors of the layers 0 to "
                + (layerCount - 1)
                + " under model.layers, transformer.h, h or gpt_neox.layers, got those of "
                + found);
  }

  private static OptionalInt layerOf(String name) {
    Matcher tensor = OF_LAYER.matcher(name);
    return tensor.matches()
        ? OptionalInt.of(Integer.parseInt(tensor.group(2)))
        : OptionalInt.empty();
  }
}
