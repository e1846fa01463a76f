package io.layerwatch.benchmarks.streaming;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.statistics.LayerStatistics;

/**
 * What the Flink job passes on of one summary, or of several, merged: of one layer at one site.
 *
 * @param time start of the interval, in epoch milliseconds
 */
record Reported(
    ModelId model,
    ModelShape shape,
    String site,
    int layer,
    long time,
    LayerStatistics statistics) {

  static Reported of(ActivationSummary summary) {
    return new Reported(
        summary.model(),
        summary.shape(),
        summary.site(),
        summary.layer(),
        summary.interval().start().toEpochMilli(),
        summary.statistics());
  }

  Reported merge(Reported other) {
    return new Reported(
        model, shape, site, layer, Math.min(time, other.time), statistics.merge(other.statistics));
  }

  String siteKey() {
    return model.key() + '\n' + site;
  }

  String layerKey() {
    return siteKey() + '\n' + layer;
  }
}
