/** Trains a small decoder from text: where the demo model comes from. */
package io.layerwatch.instrumentation.train;
