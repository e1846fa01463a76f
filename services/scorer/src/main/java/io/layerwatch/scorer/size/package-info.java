/** What a deployment needs: from how much is observed to records, partitions, processes, memory. */
package io.layerwatch.scorer.size;
