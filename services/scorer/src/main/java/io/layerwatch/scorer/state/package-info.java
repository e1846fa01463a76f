/** Where the scorer keeps its entries: between commits as objects, at commits in a changelog. */
package io.layerwatch.scorer.state;
