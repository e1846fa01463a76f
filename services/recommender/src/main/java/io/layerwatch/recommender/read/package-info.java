/** Recommendations as people read and review them: on the command line and over HTTP. */
package io.layerwatch.recommender.read;
