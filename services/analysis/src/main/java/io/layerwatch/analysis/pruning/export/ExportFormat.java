package io.layerwatch.analysis.pruning.export;

/** What a removal can be exported as; each text says the base of its layer numbers. */
public enum ExportFormat {
  /** {@link MergekitYaml}: 0-based. */
  MERGEKIT,
  /** {@link OneBasedLayers#modelOpt}: 1-based. */
  MODELOPT,
  /** {@link OneBasedLayers#nemo}: 1-based. */
  NEMO,
  /** {@link HuggingFaceLayers}: 0-based. */
  HUGGINGFACE;

  /**
   * The text.
   *
   * @param model a path or a repository's name
   */
  public String text(String model, LayerRemoval removal) {
    return switch (this) {
      case MERGEKIT -> MergekitYaml.of(model, removal);
      case MODELOPT -> OneBasedLayers.modelOpt(removal);
      case NEMO -> OneBasedLayers.nemo(removal);
      case HUGGINGFACE -> HuggingFaceLayers.of(model, removal);
    };
  }
}
