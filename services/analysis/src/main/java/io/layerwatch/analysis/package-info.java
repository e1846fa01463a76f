/**
 * What layerwatch computes, with nothing but the JDK: statistics of activations, scores of layers,
 * pruning decisions. Every value is an immutable record; no Kafka, no Avro, no DJL.
 */
package io.layerwatch.analysis;
