/** Carries summaries from the probes to Kafka, without ever holding up a request. */
package io.layerwatch.instrumentation.publish;
