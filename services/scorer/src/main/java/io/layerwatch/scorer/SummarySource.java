package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;

/**
 * Who reports: one instance, at one site. Of each layer it counts its summaries from 0.
 *
 * <p>The key in a store is model, instance and site, with a zero byte between; no text holds one.
 */
record SummarySource(String instance, String site) {

  static SummarySource of(ActivationSummary summary) {
    return new SummarySource(summary.instance(), summary.site());
  }

  String key(String model) {
    return firstKey(model, instance) + site;
  }

  /** No key of the model's is below this one. */
  static String firstKey(String model) {
    return model + '\0';
  }

  /** All keys of the model's are below this one. */
  static String endKey(String model) {
    return model + '\1';
  }

  /** No key of the instance's is below this one. */
  static String firstKey(String model, String instance) {
    return firstKey(firstKey(model) + instance);
  }

  /** All keys of the instance's are below this one. */
  static String endKey(String model, String instance) {
    return endKey(firstKey(model) + instance);
  }

  static SummarySource parse(String key) {
    String[] parts = key.split("\0", -1);
    return new SummarySource(parts[1], parts[2]);
  }
}
