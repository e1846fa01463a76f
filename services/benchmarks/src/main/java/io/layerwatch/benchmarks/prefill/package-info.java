/** What passing several prompts through the model at once is worth to who mirrors requests. */
package io.layerwatch.benchmarks.prefill;
