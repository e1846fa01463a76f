package io.layerwatch.instrumentation.publish;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/**
 * The publisher's counters. Tokens observed = tokens published + tokens dropped + tokens that still
 * wait; alert when dropped grows.
 */
final class PublisherMetrics {

  final Counter observedTokens;
  final Counter publishedTokens;
  final Counter publishedSummaries;
  final Counter droppedTokens;
  final Gauge waitingWindows;

  PublisherMetrics(PrometheusRegistry registry) {
    observedTokens =
        counter(registry, "observed_tokens_total", "Tokens whose activations were reduced.");
    publishedTokens =
        counter(registry, "published_tokens_total", "Tokens in summaries that Kafka has taken.");
    publishedSummaries =
        counter(registry, "published_summaries_total", "Summaries that Kafka has taken.");
    droppedTokens =
        Counter.builder()
            .name("layerwatch_publisher_dropped_tokens_total")
            .help("Tokens in summaries that were given up, by reason.")
            .labelNames("reason")
            .register(registry);
    droppedTokens.initLabelValues("backlog_full");
    droppedTokens.initLabelValues("refused");
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
