/** Settings of every process: defined by Kafka's ConfigDef, layered, checked all at once. */
package io.layerwatch.runtime.settings;
