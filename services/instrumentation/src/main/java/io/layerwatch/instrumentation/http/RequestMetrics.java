package io.layerwatch.instrumentation.http;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.IntSupplier;

/** What the API served. */
public final class RequestMetrics {

  private static final double[] PROMPTS = {2, 4, 8, 16, 32, 64};
  private static final double[] SECONDS = {0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300};

  private final PrometheusRegistry registry;
  private final Counter requests;
  private final Counter promptTokens;
  private final Counter generatedTokens;
  private final Histogram inference;
  private final Histogram wait;
  private final Histogram batch;
  private final Histogram firstToken;

  public RequestMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    requests =
        Counter.builder()
            .name("layerwatch_requests_total")
            .help("Requests by endpoint and how they ended, as an HTTP status.")
            .labelNames("endpoint", "status")
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
    inference =
        histogram(
            "layerwatch_inference_seconds",
            "Time in the model of one completion, probes included.",
            SECONDS);
    wait =
        histogram(
            "layerwatch_request_wait_seconds",
            "Time from a request's receipt to its start on an inference thread.",
            SECONDS);
    firstToken =
        histogram(
            "layerwatch_time_to_first_token_seconds",
            "Time from a request's receipt to its first generated token.",
            SECONDS);
    batch =
        histogram(
            "layerwatch_prefill_batch_prompts",
            "Prompts of each batch that passed through the model in one pass.",
            PROMPTS);
  }

  private Histogram histogram(String name, String help, double... bounds) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .classicOnly()
        .classicUpperBounds(bounds)
        .register(registry);
  }

  /** Shows what is prepared, waits and runs now. */
  void show(IntSupplier preparing, IntSupplier waiting, IntSupplier running) {
    gauge(
        "layerwatch_requests_preparing",
        "Requests that are read and encoded, or wait for that.",
        preparing);
    gauge("layerwatch_requests_waiting", "Requests that wait for an inference thread.", waiting);
    gauge("layerwatch_requests_running", "Requests on inference threads.", running);
  }

  private void gauge(String name, String help, IntSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsInt()))
        .register(registry);
  }

  void countRequest(String endpoint, int status) {
    requests.labelValues(endpoint, Integer.toString(status)).inc();
  }

  void observeWait(double elapsedSeconds) {
    wait.observe(elapsedSeconds);
  }

  void observeBatch(int prompts) {
    batch.observe(prompts);
  }

  void observeFirstToken(double elapsedSeconds) {
    firstToken.observe(elapsedSeconds);
  }

  void countTokens(int prompt, int generated, double elapsedSeconds) {
    promptTokens.inc(prompt);
    generatedTokens.inc(generated);
    inference.observe(elapsedSeconds);
  }

  /** Tokens that passed through the model so far, prompts and generated. */
  public long tokens() {
    return promptTokens.getLongValue() + generatedTokens.getLongValue();
  }
}
