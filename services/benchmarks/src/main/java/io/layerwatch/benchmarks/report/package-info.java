/** How results are written down. */
package io.layerwatch.benchmarks.report;
