package io.layerwatch.benchmarks.streaming.flink;

import org.apache.flink.api.common.serialization.DeserializationSchema;

/** How a job reads summaries, and as what it passes them on. */
interface Summaries<T> extends DeserializationSchema<T> {

  /** Start of its interval, in epoch milliseconds. */
  long time(T summary);

  /** What it is grouped by. */
  String key(T summary);

  /**
   * What is merged.
   *
   * @param key of it and of all that it is merged with
   */
  Reported reported(T summary, String key);

  @Override
  default boolean isEndOfStream(T next) {
    return false;
  }
}
