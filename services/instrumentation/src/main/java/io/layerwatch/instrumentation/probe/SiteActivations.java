package io.layerwatch.instrumentation.probe;

import ai.djl.ndarray.NDArray;
import io.layerwatch.analysis.Site;

/**
 * The activations of a site, from the residual stream before and after each block: adding a site is
 * adding one small function here.
 *
 * @param inputs block inputs [layers, tokens, hidden]
 * @param outputs block outputs [layers, tokens, hidden]
 * @param inputSquares sums of squares of the inputs [layers, tokens]
 */
record SiteActivations(NDArray inputs, NDArray outputs, NDArray inputSquares) {

  /** The site's activations [layers, tokens, hidden], for the caller to close. */
  NDArray at(Site site) {
    return switch (site) {
      case BLOCK_OUTPUT -> outputs.reshape(outputs.getShape());
      case BLOCK_CONTRIBUTION -> outputs.sub(inputs);
      case RELATIVE_CONTRIBUTION -> outputs.sub(inputs).divi(inputRootMeanSquares());
    };
  }

  private NDArray inputRootMeanSquares() {
    float hidden = inputs.getShape().get(2);
    return inputSquares.div(hidden).sqrt().expandDims(2);
  }
}
