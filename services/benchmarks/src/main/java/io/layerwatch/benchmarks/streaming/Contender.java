package io.layerwatch.benchmarks.streaming;

/** Something that works a backlog of summaries off, in a process of its own. */
public interface Contender {

  /** Begins with the first summary, under a name that was not used before. */
  Work start(Backlog backlog, String id, int threads) throws Exception;

  /** What was begun; closing ends it. */
  interface Work extends AutoCloseable {

    /** How many summaries are merged, counted or read so far. */
    long done();

    @Override
    void close();
  }
}
