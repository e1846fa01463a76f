/** Removing layers from a checkpoint on disk. */
package io.layerwatch.instrumentation.prune;
