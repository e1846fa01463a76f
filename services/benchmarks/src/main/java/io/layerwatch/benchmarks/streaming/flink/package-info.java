/** The scorer's aggregation as one would write it for Apache Flink. */
package io.layerwatch.benchmarks.streaming.flink;
