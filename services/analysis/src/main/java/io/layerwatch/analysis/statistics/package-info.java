/** Mergeable statistics of activations. */
package io.layerwatch.analysis.statistics;
