/** Scores of the past anew, from the summaries that the topic still holds. */
package io.layerwatch.scorer.replay;
