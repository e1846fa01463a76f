package io.layerwatch.instrumentation.http;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What the API served. */
public final class RequestMetrics {

  private final Counter requests;
  private final Counter promptTokens;
  private final Counter generatedTokens;
  private final Histogram seconds;

  public RequestMetrics(PrometheusRegistry registry) {
    requests =
        Counter.builder()
            .name("layerwatch_requests_total")
            .help("Requests answered, by HTTP status.")
            .labelNames("status")
            .register(registry);
    promptTokens =
        Counter.builder()
            .name("layerwatch_prompt_tokens_total")
            .help("Tokens of prompts passed through the model.")
            .register(registry);
    generatedTokens =
        Counter.builder()
            .name("layerwatch_generated_tokens_total")
            .help("Tokens generated.")
            .register(registry);
    seconds =
        Histogram.builder()
            .name("layerwatch_inference_seconds")
            .help("Time in the model of one completion, probes included.")
            .classicOnly()
            .classicUpperBounds(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
            .register(registry);
  }

  void countRequest(int status) {
    requests.labelValues(Integer.toString(status)).inc();
  }

  void countTokens(int prompt, int generated, double elapsedSeconds) {
    promptTokens.inc(prompt);
    generatedTokens.inc(generated);
    seconds.observe(elapsedSeconds);
  }

  /** Tokens that passed through the model so far, prompts and generated. */
  public long tokens() {
    return promptTokens.getLongValue() + generatedTokens.getLongValue();
  }
}
