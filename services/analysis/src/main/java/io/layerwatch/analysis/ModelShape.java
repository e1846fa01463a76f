package io.layerwatch.analysis;

/**
 * The size of a model, as far as a pruning proposal needs it.
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

  public ModelShape {
    if (layerCount <= 0) {
      throw new IllegalArgumentException("layerCount: expected 1 or more, got " + layerCount);
    }
    if (layerParameters < 0 || modelParameters < layerParameters) {
      throw new IllegalArgumentException(
          "parameters: expected 0 <= layer <= model, got "
              + layerParameters
              + " and "
              + modelParameters);
    }
    if (layerMultiplyAdds < 0 || modelMultiplyAdds < layerMultiplyAdds) {
      throw new IllegalArgumentException(
          "multiplyAdds: expected 0 <= layer <= model, got "
              + layerMultiplyAdds
              + " and "
              + modelMultiplyAdds);
    }
  }
}
