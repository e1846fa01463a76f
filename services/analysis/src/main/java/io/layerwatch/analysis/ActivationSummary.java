package io.layerwatch.analysis;

import io.layerwatch.analysis.statistics.LayerStatistics;

/**
 * Statistics of one (model, site, layer) from one instance over one flush interval, or over a run
 * of intervals that waited to be sent. All that ever leaves an instrumented process.
 *
 * @param model whose activations
 * @param shape the model's size
 * @param site id of the site, such as {@code block-output}; a scorer need not know it
 * @param layer decoder block, 0-based
 * @param instance one instrumentation process start
 * @param sequenceNumber counts the summaries of this instance, site and layer from 0
 * @param earlierTokens tokens of this instance, site and layer in all summaries of lower numbers,
 *     sent or given up
 * @param interval the covered time, aligned to the epoch by the flush interval
 * @param statistics what was seen; empty in a heartbeat
 */
public record ActivationSummary(
    ModelId model,
    ModelShape shape,
    String site,
    int layer,
    String instance,
    long sequenceNumber,
    long earlierTokens,
    TimeWindow interval,
    LayerStatistics statistics) {

  public ActivationSummary {
    Words.require("site", site);
    Words.require("instance", instance);
    if (layer < 0 || layer >= shape.layerCount()) {
      throw new IllegalArgumentException(
          "layer: expected 0 to " + (shape.layerCount() - 1) + ", got " + layer);
    }
    if (sequenceNumber < 0) {
      throw new IllegalArgumentException(
          "sequenceNumber: expected 0 or more, got " + sequenceNumber);
    }
    if (earlierTokens < 0) {
      throw new IllegalArgumentException("earlierTokens: expected 0 or more, got " + earlierTokens);
    }
  }

  /**
   * Both summaries in one, of the same model, shape, site, layer and instance: the statistics
   * merged, the interval spanning both, the lower sequence number and what was earlier than that.
   */
  public ActivationSummary merge(ActivationSummary other) {
    if (!model.equals(other.model)
        || !shape.equals(other.shape)
        || !site.equals(other.site)
        || layer != other.layer
        || !instance.equals(other.instance)) {
      throw new IllegalArgumentException("expected a summary of the same source as " + this);
    }
    return new ActivationSummary(
        model,
        shape,
        site,
        layer,
        instance,
        Math.min(sequenceNumber, other.sequenceNumber),
        Math.min(earlierTokens, other.earlierTokens),
        interval.span(other.interval),
        statistics.merge(other.statistics));
  }
}
