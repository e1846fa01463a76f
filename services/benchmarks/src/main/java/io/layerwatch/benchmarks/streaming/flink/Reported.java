package io.layerwatch.benchmarks.streaming.flink;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.statistics.LayerStatistics;

/**
 * What the Flink job passes on of one summary, or of several, merged: of one layer at one site.
 *
 * @param instance whose it is; empty where instances are not kept apart
 * @param lastNumber the highest sequence number among those merged
 * @param time start of the interval, in epoch milliseconds
 * @param key of model, site, layer and instance: Flink asks for it several times a record
 */
record Reported(
    ModelId model,
    ModelShape shape,
    String site,
    int layer,
    String instance,
    long lastNumber,
    long time,
    LayerStatistics statistics,
    String key) {

  Reported(
      ModelId model,
      ModelShape shape,
      String site,
      int layer,
      String instance,
      long lastNumber,
      long time,
      LayerStatistics statistics) {
    this(
        model,
        shape,
        site,
        layer,
        instance,
        lastNumber,
        time,
        statistics,
        model.name() + '\n' + model.revision() + '\n' + site + '\n' + layer + '\n' + instance);
  }

  static Reported of(ActivationSummary summary, String instance) {
    return new Reported(
        summary.model(),
        summary.shape(),
        summary.site(),
        summary.layer(),
        instance,
        summary.sequenceNumber(),
        summary.interval().start().toEpochMilli(),
        summary.statistics());
  }

  /** Both; without the other where it is one of the same instance that was merged before. */
  Reported merge(Reported other) {
    if (!instance.isEmpty() && other.lastNumber <= lastNumber) {
      return this;
    }
    return new Reported(
        model,
        shape,
        site,
        layer,
        instance,
        Math.max(lastNumber, other.lastNumber),
        Math.min(time, other.time),
        statistics.merge(other.statistics),
        key);
  }

  String siteKey() {
    return model.key() + '\n' + site;
  }
}
