/** What probing costs the model, beside not probing and beside copying everything to the host. */
package io.layerwatch.benchmarks.overhead;
