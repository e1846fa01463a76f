package io.layerwatch.benchmarks.streaming.flink;

/** How the job is written. */
public enum FlinkStyle {
  /** Sums alone, by Confluent's deserializer and the classes that Avro generates. */
  GENERATED,
  /** Sums alone, read and passed on by code made for these records. */
  SUMS,
  /**
   * The same, with instances kept apart: duplicates are left out, and windows name who reported.
   */
  BY_INSTANCE
}
