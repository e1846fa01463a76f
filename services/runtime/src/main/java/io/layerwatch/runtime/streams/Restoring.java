package io.layerwatch.runtime.streams;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what a process reads back of its state from changelogs before it goes on, how long that
 * takes, and when it is done: nothing is scored of a partition meanwhile.
 */
public final class Restoring implements StateRestoreListener {

  private static final Logger LOG = LoggerFactory.getLogger(Restoring.class);

  private final String process;
  private final LongSupplier nanoTime;
  private final Counter records;
  private final Counter seconds;
  private final Set<TopicPartition> underWay = new HashSet<>();
  private long begun;
  private long counted;
  private long read;

  /**
   * Counts into {@code layerwatch_<process>_restored_records_total} and {@code
   * layerwatch_<process>_restoring_seconds_total}.
   */
  public Restoring(String process, PrometheusRegistry metrics) {
    this(process, metrics, System::nanoTime);
  }

  Restoring(String process, PrometheusRegistry metrics, LongSupplier nanoTime) {
    this.process = process;
    this.nanoTime = nanoTime;
    records =
        Counter.builder()
            .name("layerwatch_" + process + "_restored_records_total")
            .help("Records of changelogs that were read back into the state.")
            .register(metrics);
    seconds =
        Counter.builder()
            .name("layerwatch_" + process + "_restoring_seconds_total")
            .help("Time in which some of the state was read back from changelogs.")
            .register(metrics);
  }

  @Override
  public synchronized void onRestoreStart(
      TopicPartition changelog, String store, long from, long to) {
    if (underWay.isEmpty()) {
      begun = nanoTime.getAsLong();
      counted = begun;
      read = 0;
    }
    underWay.add(changelog);
  }

  @Override
  public synchronized void onBatchRestored(
      TopicPartition changelog, String store, long last, long restored) {
    records.inc(restored);
    read += restored;
    countTime();
  }

  @Override
  public synchronized void onRestoreEnd(TopicPartition changelog, String store, long restored) {
    end(changelog);
  }

  /** The partition goes to another process. */
  @Override
  public synchronized void onRestoreSuspended(
      TopicPartition changelog, String store, long restored) {
    end(changelog);
  }

  private void end(TopicPartition changelog) {
    if (underWay.remove(changelog)) {
      countTime();
      if (underWay.isEmpty() && read > 0) {
        long millis = Duration.ofNanos(counted - begun).toMillis();
        LOG.info("{} restored {} changelog records in {} ms", process, read, millis);
      }
    }
  }

  private void countTime() {
    long now = nanoTime.getAsLong();
    seconds.inc((now - counted) / 1e9);
    counted = now;
  }
}
