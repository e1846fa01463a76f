/** How soon drift is found, and how often where there is none. */
package io.layerwatch.benchmarks.drift;
