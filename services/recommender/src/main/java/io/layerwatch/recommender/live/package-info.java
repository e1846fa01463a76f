/**
 * What scores and advice say at this moment, for people: the state behind every view, and a page.
 */
package io.layerwatch.recommender.live;
