/** A Kafka broker inside this process. */
package io.layerwatch.standalone.broker;
