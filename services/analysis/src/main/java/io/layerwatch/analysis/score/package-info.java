/** What closed windows say about layers: the AVSS score and its kin. */
package io.layerwatch.analysis.score;
