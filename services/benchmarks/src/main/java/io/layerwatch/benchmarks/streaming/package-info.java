/** The scorer's rate beside its ceilings, and beside a Flink job of the same work. */
package io.layerwatch.benchmarks.streaming;
