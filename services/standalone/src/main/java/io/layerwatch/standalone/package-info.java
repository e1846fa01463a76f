/** Everything in one JVM, and the command line of all. */
package io.layerwatch.standalone;
