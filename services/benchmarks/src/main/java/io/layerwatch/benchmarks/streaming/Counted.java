package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.capacity.Pass;
import io.layerwatch.benchmarks.capacity.Threads;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Times something that counts what it has done in threads of its own. */
final class Counted {

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private Counted() {}

  /** From its first record on, until it has done so many. */
  static Pass pass(long records, LongSupplier done, Predicate<String> threads)
      throws InterruptedException {
    await(1, done);
    long from = done.getAsLong();
    long cpu = Threads.cpuNanos(threads);
    long start = System.nanoTime();
    await(records, done);
    return new Pass(
        records - from, (System.nanoTime() - start) / 1e9, (Threads.cpuNanos(threads) - cpu) / 1e9);
  }

  private static void await(long records, LongSupplier done) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (done.getAsLong() < records) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "expected " + records + " records, got " + done.getAsLong() + " in " + PATIENCE);
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }
}
