/** Turns stable scores into pruning recommendations. */
package io.layerwatch.recommender;
