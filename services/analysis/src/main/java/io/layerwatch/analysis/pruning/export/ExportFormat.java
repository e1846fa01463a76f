package io.layerwatch.analysis.pruning.export;

/** What a removal can be exported as; each text says the base of its layer numbers. */
public enum ExportFormat {
  /** {@link MergekitYaml}: 0-based. */
  MERGEKIT("mergekit.yaml"),
  /** {@link OneBasedLayers#modelOpt}: 1-based. */
  MODELOPT("modelopt.sh"),
  /** {@link OneBasedLayers#nemo}: 1-based. */
  NEMO("nemo.txt"),
  /** {@link HuggingFaceLayers}: 0-based. */
  HUGGINGFACE("huggingface.json");

  private final String fileName;

  ExportFormat(String fileName) {
    this.fileName = fileName;
  }

  /** What a file with such a text is called. */
  public String fileName() {
    return fileName;
  }

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
