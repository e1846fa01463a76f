package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.capacity.Ceiling;
import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.benchmarks.capacity.Pass;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Reads and decodes, and does nothing with it: each thread its own partitions. */
final class ConsumeAndDecode implements Contender {

  @Override
  public String name() {
    return "consume and decode";
  }

  @Override
  public Pass pass(Laboratory laboratory, String id, int threads) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Pass>> running = new ArrayList<>();
      long share = laboratory.published() / threads;
      for (int thread = 0; thread < threads; thread++) {
        int first = thread;
        List<Integer> own =
            IntStream.range(0, laboratory.partitions())
                .filter(partition -> partition % threads == first)
                .boxed()
                .toList();
        running.add(pool.submit(() -> Ceiling.pass(laboratory, own, share)));
      }
      long records = 0;
      double seconds = 0;
      double cpu = 0;
      for (Future<Pass> each : running) {
        Pass pass = each.get();
        records += pass.records();
        seconds = Math.max(seconds, pass.seconds());
        cpu += pass.cpuSeconds();
      }
      return new Pass(records, seconds, cpu);
    } finally {
      pool.shutdownNow();
    }
  }
}
