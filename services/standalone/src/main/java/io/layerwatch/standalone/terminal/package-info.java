/** Shows live scores to people. */
package io.layerwatch.standalone.terminal;
