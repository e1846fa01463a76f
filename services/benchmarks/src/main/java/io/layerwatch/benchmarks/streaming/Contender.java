package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.benchmarks.capacity.Pass;

/** Something that works a backlog of summaries off. */
interface Contender {

  /** What it is called in the table. */
  String name();

  /**
   * Works off all that is on the topic, from its start, under a name that was not used before.
   *
   * @return how long it took from the first summary to the last, and what it took of its threads
   */
  Pass pass(Laboratory laboratory, String id, int threads) throws Exception;
}
