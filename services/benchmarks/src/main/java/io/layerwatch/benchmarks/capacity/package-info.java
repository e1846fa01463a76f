/** How much one scorer carries: rate, memory, pauses, changelog and restore. */
package io.layerwatch.benchmarks.capacity;
