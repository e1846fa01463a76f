package io.layerwatch.benchmarks.streaming.flink;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.statistics.LayerStatistics;

/**
 * What the Flink job passes on of one summary, or of several, merged: of one layer at one site.
 *
 * @param key name and revision of the model, site, layer, and instance, in lines; the last is empty
 *     where instances are not kept apart
 * @param lastNumber the highest sequence number among those merged
 * @param time start of the interval, in epoch milliseconds
 */
record Reported(
    String key, ModelShape shape, long lastNumber, long time, LayerStatistics statistics) {

  private static final int NAME = 0;
  private static final int REVISION = 1;
  private static final int SITE = 2;
  private static final int LAYER = 3;
  private static final int INSTANCE = 4;

  static String key(String name, String revision, String site, int layer, String instance) {
    return name + '\n' + revision + '\n' + site + '\n' + layer + '\n' + instance;
  }

  static Reported of(ActivationSummary summary, String key) {
    return new Reported(
        key,
        summary.shape(),
        summary.sequenceNumber(),
        summary.interval().start().toEpochMilli(),
        summary.statistics());
  }

  /** Both; without the other where it is one of the same instance that was merged before. */
  Reported merge(Reported other) {
    boolean keptApart = key.charAt(key.length() - 1) != '\n';
    if (keptApart && other.lastNumber <= lastNumber) {
      return this;
    }
    return new Reported(
        key,
        shape,
        Math.max(lastNumber, other.lastNumber),
        Math.min(time, other.time),
        statistics.merge(other.statistics));
  }

  ModelId model() {
    return new ModelId(part(NAME), part(REVISION));
  }

  String site() {
    return part(SITE);
  }

  int layer() {
    return Integer.parseInt(part(LAYER));
  }

  String instance() {
    return part(INSTANCE);
  }

  String siteKey() {
    return part(NAME) + '\n' + part(REVISION) + '\n' + part(SITE);
  }

  private String part(int number) {
    return key.split("\n", -1)[number];
  }
}
