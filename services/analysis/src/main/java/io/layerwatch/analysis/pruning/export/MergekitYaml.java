package io.layerwatch.analysis.pruning.export;

import io.layerwatch.analysis.pruning.export.LayerRemoval.Range;
import java.util.Locale;
import java.util.Optional;

/**
 * A removal as a configuration of mergekit (arcee-ai/mergekit): a {@code passthrough} merge of
 * slices of one model. A slice's {@code layer_range} is 0-based and half-open.
 *
 * <p>mergekit adjusts the number of layers in config.json and nothing else of it, so a model whose
 * sliding windows follow from the layer's number is better pruned by {@code layerwatch prune}.
 */
public final class MergekitYaml {

  /** The element types that mergekit converts to. */
  public enum Dtype {
    BFLOAT16,
    FLOAT16,
    FLOAT32
  }

  private MergekitYaml() {}

  /** The configuration that leaves every tensor in its own type. */
  public static String of(String model, LayerRemoval removal) {
    return of(model, removal, Optional.empty());
  }

  /**
   * The configuration.
   *
   * @param model a path or a repository's name, taken as it is
   * @param dtype to convert tensors to; without one they stay as they are
   */
  public static String of(String model, LayerRemoval removal, Optional<Dtype> dtype) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("# ").append(Summary.of(removal)).append('\n');
    yaml.append("# Layers are counted from 0, and a layer_range ends before its second number.\n");
    yaml.append("slices:\n");
    for (Range range : removal.keptRanges()) {
      yaml.append("  - sources:\n");
      yaml.append("      - model:").append(reference(model)).append('\n');
      yaml.append("        layer_range: [" + range.begin() + ", " + range.end() + "]\n");
    }
    yaml.append("merge_method: passthrough\n");
    dtype.ifPresent(
        type -> yaml.append("dtype: " + type.name().toLowerCase(Locale.ROOT)).append('\n'));
    return yaml.toString();
  }

  /** mergekit takes a text apart at + (an adapter) and @ (a revision), and a mapping not. */
  private static String reference(String model) {
    String quoted = Quoted.text(model);
    return model.indexOf('+') < 0 && model.indexOf('@') < 0
        ? " " + quoted
        : "\n          model:\n            path: " + quoted;
  }
}
