package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;

/** Who counts its summaries from 0: one instance, at one site, of one layer. */
record SummarySource(String instance, String site, int layer) {

  static SummarySource of(ActivationSummary summary) {
    return new SummarySource(summary.instance(), summary.site(), summary.layer());
  }

  /** The key in a store; no text holds a zero byte. */
  String key(String model) {
    return model + '\0' + instance + '\0' + site + '\0' + layer;
  }

  static SummarySource parse(String key) {
    String[] parts = key.split("\0", -1);
    return new SummarySource(parts[1], parts[2], Integer.parseInt(parts[3]));
  }
}
