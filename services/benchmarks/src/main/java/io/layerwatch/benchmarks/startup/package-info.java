/** How long from the start of a JVM until there is something to see. */
package io.layerwatch.benchmarks.startup;
