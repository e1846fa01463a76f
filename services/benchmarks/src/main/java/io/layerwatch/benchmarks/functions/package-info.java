/** The functions that a summary passes, one by one, by JMH. */
package io.layerwatch.benchmarks.functions;
