package io.layerwatch.analysis.pruning.export;

/**
 * A removal for NVIDIA's tools, which count layers from 1: every number is one more than
 * Layerwatch's, and says so in a comment.
 */
public final class OneBasedLayers {

  private OneBasedLayers() {}

  /**
   * The variable that {@code prune.sh} of Megatron-LM's ModelOpt examples takes: numbers separated
   * by commas.
   */
  public static String modelOpt(LayerRemoval removal) {
    return comment(removal)
        + "LAYERS_TO_DROP="
        + Summary.joined(removal.removed().stream().map(layer -> layer + 1).toList(), ",")
        + "\n";
  }

  /** The option that NeMo's {@code scripts/llm/gpt_prune.py} takes: numbers separated by blanks. */
  public static String nemo(LayerRemoval removal) {
    String numbers =
        Summary.joined(removal.removed().stream().map(layer -> layer + 1).toList(), " ");
    // The option without a number is refused there; none at all says the same.
    return comment(removal) + (numbers.isEmpty() ? "" : "--drop_layers " + numbers + "\n");
  }

  private static String comment(LayerRemoval removal) {
    return "# "
        + Summary.of(removal)
        + "\n# The numbers below are 1-BASED: the first layer is 1.\n";
  }
}
