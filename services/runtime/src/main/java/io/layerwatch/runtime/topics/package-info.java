/** The topics: names, keys, wire formats, creation. */
package io.layerwatch.runtime.topics;
