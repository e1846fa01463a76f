/** Generates text with a loaded model. */
package io.layerwatch.instrumentation.generate;
