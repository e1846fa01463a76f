/** What Kafka's clients measure, as Prometheus' metrics. */
package io.layerwatch.runtime.metrics;
