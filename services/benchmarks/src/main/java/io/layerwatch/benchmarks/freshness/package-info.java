/** How old what one sees is: from the end of a window to its score, gauge and advice. */
package io.layerwatch.benchmarks.freshness;
