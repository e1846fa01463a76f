package io.layerwatch.instrumentation.publish;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/**
 * The publisher's side of the ledger, in layer tokens: one token of one layer at one site. Observed
 * = published + dropped + what still waits; alert when dropped grows.
 */
final class PublisherMetrics {

  static final String BACKLOG_FULL = "backlog_full";
  static final String REFUSED = "refused";
  static final String SHUTDOWN = "shutdown";
  static final String UNCONFIRMED = "unconfirmed";
  static final String TOO_FEW_TOKENS = "too_few_tokens";

  final Counter observedTokens;
  final Counter publishedTokens;
  final Counter publishedSummaries;
  final Counter droppedTokens;
  final Gauge waitingWindows;

  PublisherMetrics(PrometheusRegistry registry) {
    observedTokens =
        counter(registry, "observed_layer_tokens_total", "Layer tokens that were reduced.");
    publishedTokens =
        counter(
            registry,
            "published_layer_tokens_total",
            "Layer tokens in summaries that Kafka has taken.");
    publishedSummaries =
        counter(registry, "published_summaries_total", "Summaries that Kafka has taken.");
    droppedTokens =
        Counter.builder()
            .name("layerwatch_publisher_dropped_layer_tokens_total")
            .help("Layer tokens in summaries that were given up, by reason.")
            .labelNames("reason")
            .register(registry);
    List.of(BACKLOG_FULL, REFUSED, SHUTDOWN, UNCONFIRMED, TOO_FEW_TOKENS)
        .forEach(droppedTokens::initLabelValues);
    waitingWindows =
        Gauge.builder()
            .name("layerwatch_publisher_waiting_windows")
            .help("Merge windows that wait to be sent; grows while Kafka is away.")
            .register(registry);
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name("layerwatch_publisher_" + name).help(help).register(registry);
  }
}
