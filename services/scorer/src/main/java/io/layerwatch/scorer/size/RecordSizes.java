package io.layerwatch.scorer.size;

import io.layerwatch.scorer.StreamsTuning;
import java.time.Duration;

/**
 * Bytes of records, uncompressed, with key and Kafka's own bytes for each: of a model name of 29
 * characters, a revision of 12, sites of 21 and instance names of 42. A test serializes such
 * records and holds these numbers.
 */
public final class RecordSizes {

  /** Between commits by the clock, however often instances speak. */
  static final Duration COMMIT = StreamsTuning.COMMIT_INTERVAL;

  /** Kafka's own for each record in a batch. */
  public static final int OF_KAFKA = 10;

  private RecordSizes() {}

  /** One summary on {@code activation-summaries}. */
  public static double summary() {
    return 320;
  }

  /** A window of one site on {@code layer-scores}. */
  public static double scores(int layers, long instances) {
    return 160 + 168.6 * layers + 43.0 * instances;
  }

  /** What one instance said in an open window at one site, all layers, in the changelog. */
  public static double report(int layers) {
    return 330 + 178.0 * layers;
  }

  /** What is known of one instance and site from closed windows, all layers, in the changelog. */
  public static double tracks(int layers) {
    return 117 + 54.0 * layers;
  }

  /** An instance's clock in the changelog. */
  public static double clock() {
    return 111;
  }

  /** How far a model has come, and its ledger, in the changelog. */
  public static double progress() {
    return 116;
  }

  /** Where the default scores of one model's site drift, all layers, in the changelog. */
  public static double drift(int layers) {
    return 102 + 105.0 * layers;
  }

  /** That an entry of a closed window is gone, in the changelog. */
  public static double tombstone() {
    return 125;
  }
}
