package io.layerwatch.instrumentation.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/**
 * How far back each layer's attention sees: empty for the whole sequence, or a number of tokens,
 * the current one included (sliding window, arXiv 2310.06825).
 */
final class Windows {

  private static final String SLIDING = "sliding_attention";
  private static final String FULL = "full_attention";

  private Windows() {}

  static List<OptionalInt> none(int layers) {
    return Collections.nCopies(layers, OptionalInt.empty());
  }

  /** Of a family that has no windows: none, and refused where config.json gives one. */
  static List<OptionalInt> unsupported(ConfigFile config, int layers) {
    refuse(config);
    return none(layers);
  }

  /** Refuses windows where config.json gives one. */
  static void refuse(ConfigFile config) {
    config.expect("use_sliding_window", false);
    config.expectNone("sliding_window");
    if (config.texts("layer_types").stream().anyMatch(type -> !type.equals(FULL))) {
      throw config.refused("layer_types", "only " + FULL);
    }
  }

  /** The same for every layer, of a family in which config.json cannot say otherwise. */
  static List<OptionalInt> every(ConfigFile config, int layers, int window) {
    config.expect("use_sliding_window", true);
    if (config.texts("layer_types").stream().anyMatch(type -> !type.equals(SLIDING))) {
      throw config.refused("layer_types", "only " + SLIDING);
    }
    return Collections.nCopies(layers, OptionalInt.of(window));
  }

  /** Those of {@code layer_types}, or where it is not given, of the layers that slide. */
  static List<OptionalInt> byLayer(
      ConfigFile config, int layers, OptionalInt window, IntPredicate slides) {
    List<String> types = config.texts("layer_types");
    if (config.has("layer_types")
        && (types.size() != layers || !List.of(SLIDING, FULL).containsAll(types))) {
      throw config.refused(
          "layer_types", "a list of " + layers + " times " + FULL + " or " + SLIDING);
    }
    List<OptionalInt> windows = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      boolean sliding = types.isEmpty() ? slides.test(i) : types.get(i).equals(SLIDING);
      windows.add(sliding ? window : OptionalInt.empty());
    }
    return windows;
  }
}
