/** Measures what a candidate's layers are worth to the model that this process serves. */
package io.layerwatch.instrumentation.verify;
