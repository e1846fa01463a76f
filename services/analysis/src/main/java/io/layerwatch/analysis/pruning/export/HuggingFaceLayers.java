package io.layerwatch.analysis.pruning.export;

import static io.layerwatch.analysis.pruning.export.Summary.joined;

/**
 * A removal as a JSON object for scripts on Hugging Face's transformers: {@code keptLayers} are the
 * indices of the decoder's list of layers that stay, in order, 0-based, and {@code
 * num_hidden_layers} is how many that are. {@code layerwatch prune} does the same to a checkpoint.
 */
public final class HuggingFaceLayers {

  private HuggingFaceLayers() {}

  public static String of(String model, LayerRemoval removal) {
    return """
        {
          "model": %s,
          "indexBase": 0,
          "layersBefore": %d,
          "removedLayers": [%s],
          "keptLayers": [%s],
          "num_hidden_layers": %d
        }
        """
        .formatted(
            Quoted.text(model),
            removal.layerCount(),
            joined(removal.removed(), ", "),
            joined(removal.kept(), ", "),
            removal.kept().size());
  }
}
