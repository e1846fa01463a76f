package io.layerwatch.analysis;

/**
 * The size of a model, as far as a pruning proposal needs it. Bounded, so that a window of all
 * layers fits into one record and no sum over layers overflows.
 *
 * @param layerCount decoder blocks
 * @param layerParameters parameters of one decoder block
 * @param modelParameters parameters of the whole model
 * @param layerMultiplyAdds multiply-adds of one block's weight matrices per token
 * @param modelMultiplyAdds multiply-adds of all weight matrices per token, output head included;
 *     attention over the context is in neither
 */
public record ModelShape(
    int layerCount,
    long layerParameters,
    long modelParameters,
    long layerMultiplyAdds,
    long modelMultiplyAdds) {

  /** Four times what the deepest models of 2025 have. */
  public static final int MOST_LAYERS = 512;

  private static final long LARGEST = 1_000_000_000_000_000L;

  public ModelShape {
    if (layerCount <= 0 || layerCount > MOST_LAYERS) {
      throw new IllegalArgumentException(
          "layerCount: expected 1 to " + MOST_LAYERS + ", got " + layerCount);
    }
    if (layerParameters < 0 || modelParameters < layerParameters || modelParameters > LARGEST) {
      throw new IllegalArgumentException(
          "parameters: expected 0 <= layer <= model <= 1e15, got "
              + layerParameters
              + " and "
              + modelParameters);
    }
    if (layerMultiplyAdds < 0
        || modelMultiplyAdds < layerMultiplyAdds
        || modelMultiplyAdds > LARGEST) {
      throw new IllegalArgumentException(
          "multiplyAdds: expected 0 <= layer <= model <= 1e15, got "
              + layerMultiplyAdds
              + " and "
              + modelMultiplyAdds);
    }
  }
}
