/** A schema registry inside this process: the part of Confluent's REST API that clients use. */
package io.layerwatch.standalone.registry;
