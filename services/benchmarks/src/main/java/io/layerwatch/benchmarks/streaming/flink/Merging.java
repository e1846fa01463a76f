package io.layerwatch.benchmarks.streaming.flink;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.functions.AggregateFunction;

/** Merges what was reported of a layer in a window, and counts it. */
final class Merging<T> implements AggregateFunction<T, Reported, Reported> {

  private static final long serialVersionUID = 1;

  // Functions travel to their tasks as bytes; who counts finds their counter in the same JVM.
  private static final Map<String, LongAdder> MERGED = new ConcurrentHashMap<>();

  private final String job;
  private final Summaries<T> summaries;
  private transient LongAdder merged;

  Merging(String job, Summaries<T> summaries) {
    this.job = job;
    this.summaries = summaries;
  }

  /** How many a job has merged so far. */
  static long merged(String job) {
    return counter(job).sum();
  }

  private static LongAdder counter(String job) {
    return MERGED.computeIfAbsent(job, unknown -> new LongAdder());
  }

  @Override
  public Reported createAccumulator() {
    return null;
  }

  @Override
  public Reported add(T summary, Reported before) {
    if (merged == null) {
      merged = counter(job);
    }
    merged.increment();
    return before == null
        ? summaries.reported(summary, summaries.key(summary))
        : before.merge(summaries.reported(summary, before.key()));
  }

  @Override
  public Reported getResult(Reported all) {
    return all;
  }

  @Override
  public Reported merge(Reported one, Reported other) {
    return one.merge(other);
  }
}
