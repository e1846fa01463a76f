/** Processes of Layerwatch, started as its script starts them. */
package io.layerwatch.benchmarks.launch;
