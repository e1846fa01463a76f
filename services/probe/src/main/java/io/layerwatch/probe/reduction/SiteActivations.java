package io.layerwatch.probe.reduction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.layerwatch.analysis.Site;

/**
 * The activations of a site, from the residual stream before and after each block: adding a site is
 * adding one small function here.
 *
 * @param inputs block inputs [layers, tokens, hidden]
 * @param outputs block outputs [layers, tokens, hidden]
 * @param inputSquares sums of squares of the inputs [layers, tokens], in double where single
 *     precision does not hold them
 */
record SiteActivations(NDArray inputs, NDArray outputs, NDArray inputSquares) {

  /** The site's activations [layers, tokens, hidden], for the caller to close. */
  NDArray at(Site site) {
    return switch (site) {
      case BLOCK_OUTPUT -> outputs.reshape(outputs.getShape());
      case BLOCK_CONTRIBUTION -> outputs.sub(inputs);
      case RELATIVE_CONTRIBUTION -> relative(outputs.sub(inputs));
    };
  }

  private NDArray relative(NDArray contributions) {
    NDArray scales = inputRootMeanSquares();
    if (scales.getDataType() == DataType.FLOAT32) {
      return contributions.divi(scales);
    }
    try (contributions;
        NDArray quotients = contributions.toType(scales.getDataType(), true).divi(scales)) {
      return quotients.toType(DataType.FLOAT32, true);
    }
  }

  private NDArray inputRootMeanSquares() {
    float hidden = inputs.getShape().get(2);
    return inputSquares.div(hidden).sqrt().expandDims(2);
  }
}
