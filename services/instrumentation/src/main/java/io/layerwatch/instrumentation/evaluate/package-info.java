/** How well a model predicts known tokens, as it is and without some of its layers. */
package io.layerwatch.instrumentation.evaluate;
