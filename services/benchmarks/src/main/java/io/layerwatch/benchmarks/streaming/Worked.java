package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.capacity.Pass;

/**
 * A backlog that was worked off.
 *
 * @param pass from the first summary to the last, merged; with the processor time of all of it
 * @param secondsToScores from then until the last window's scores could be read; 0 without any
 */
record Worked(Pass pass, double secondsToScores) {}
