/** Merges activation summaries of all replicas into windows, and scores every layer. */
package io.layerwatch.scorer;
