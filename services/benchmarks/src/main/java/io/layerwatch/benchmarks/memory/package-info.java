/** What serving holds of memory, and that it stays so. */
package io.layerwatch.benchmarks.memory;
