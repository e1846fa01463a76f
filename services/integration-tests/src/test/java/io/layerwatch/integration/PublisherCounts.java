package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.runtime.testing.Metrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** One instance's side of the ledger, as a scrape sees it, in layer tokens. */
record PublisherCounts(PrometheusRegistry registry) {

  long observed() {
    return value("observed_layer_tokens");
  }

  long published() {
    return value("published_layer_tokens");
  }

  long dropped(String reason) {
    return value("dropped_layer_tokens", "reason", reason);
  }

  /** Too few tokens to be published; no summary claims them. */
  long withheld() {
    return dropped("too_few_tokens");
  }

  /** For any reason. */
  long dropped() {
    return dropped("backlog_full")
        + dropped("refused")
        + dropped("shutdown")
        + dropped("unconfirmed")
        + withheld();
  }

  long waitingWindows() {
    return value("waiting_windows");
  }

  void assertWaitingWindowsAtMost(int capacity) {
    assertThat(waitingWindows()).isLessThanOrEqualTo(capacity);
  }

  private long value(String name, String... labels) {
    return (long) Metrics.value(registry, "layerwatch_publisher_" + name, labels);
  }
}
