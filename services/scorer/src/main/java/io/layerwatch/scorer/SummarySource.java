package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;

/** Who reports: one instance, at one site. Of each layer it counts its summaries from 0. */
record SummarySource(String instance, String site) {

  static SummarySource of(ActivationSummary summary) {
    return new SummarySource(summary.instance(), summary.site());
  }

  /** The key in a store: model, instance and site. */
  String key(String model) {
    return StoreKeys.of(model, instance, site);
  }

  static SummarySource parse(String key) {
    String[] parts = key.split("\0", -1);
    return new SummarySource(parts[1], parts[2]);
  }
}
