/** The offline use: statistics and scores of a model on a file of prompts, without Kafka. */
package io.layerwatch.instrumentation.analyze;
