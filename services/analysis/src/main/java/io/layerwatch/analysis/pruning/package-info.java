/** From stable scores to a pruning proposal. */
package io.layerwatch.analysis.pruning;
