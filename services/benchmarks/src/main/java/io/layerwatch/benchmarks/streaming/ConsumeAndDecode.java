package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.capacity.Ceiling;
import io.layerwatch.runtime.topics.Topics;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Reads and decodes, and does nothing with it: each thread its own partitions. */
final class ConsumeAndDecode implements Contender {

  @Override
  public Work start(Backlog backlog, String id, int threads) {
    Topics topics = backlog.topics();
    LongAdder read = new LongAdder();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    for (int thread = 0; thread < threads; thread++) {
      int first = thread;
      List<Integer> own =
          IntStream.range(0, backlog.partitions())
              .filter(partition -> partition % threads == first)
              .boxed()
              .toList();
      Ceiling ceiling =
          new Ceiling(topics.activationSummaries(), backlog.bootstrapServers(), own, read);
      pool.execute(() -> ceiling.pass(backlog.records() / threads));
    }
    return new Work() {
      @Override
      public long done() {
        return read.sum();
      }

      @Override
      public void close() {
        pool.shutdown();
        topics.close();
      }
    };
  }
}
