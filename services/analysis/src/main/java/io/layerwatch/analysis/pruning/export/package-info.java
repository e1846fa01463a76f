/** What people remove layers with: the same removal as texts for other tools. */
package io.layerwatch.analysis.pruning.export;
