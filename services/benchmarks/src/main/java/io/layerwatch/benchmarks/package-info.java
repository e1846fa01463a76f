/** Side-by-side measurements; none of them is part of the tests. */
package io.layerwatch.benchmarks;
