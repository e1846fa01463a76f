/** What both Kafka Streams topologies share. */
package io.layerwatch.runtime.streams;
