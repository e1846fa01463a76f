/** Requests for a model to serve where no one else sends any. */
package io.layerwatch.instrumentation.traffic;
