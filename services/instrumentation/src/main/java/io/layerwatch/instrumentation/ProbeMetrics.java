package io.layerwatch.instrumentation;

import io.layerwatch.probe.Phase;
import io.layerwatch.probe.ProbeEvents;
import io.layerwatch.probe.ProbeSampler;
import io.layerwatch.probe.ProbeSwitch;
import io.layerwatch.probe.SkipReason;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the probe does and costs. Tokens passed through the model = observed + skipped + unobserved
 * (failed) + decoded ones that still wait for company.
 */
final class ProbeMetrics implements ProbeEvents {

  private static final Logger LOG = LoggerFactory.getLogger(ProbeMetrics.class);

  private final Counter errors;
  private final Counter unobservedTokens;
  private final Counter observedTokens;
  private final Counter skippedTokens;
  private final Summary overhead;
  private final Summary inference;

  ProbeMetrics(PrometheusRegistry registry, ProbeSampler sampler, ProbeSwitch power) {
    errors =
        Counter.builder()
            .name("layerwatch_probe_errors_total")
            .help("Observations that failed; the inference went on, and the probe is off.")
            .register(registry);
    unobservedTokens =
        Counter.builder()
            .name("layerwatch_probe_unobserved_tokens_total")
            .help("Tokens passed through the model whose observation failed.")
            .register(registry);
    observedTokens =
        Counter.builder()
            .name("layerwatch_probe_observed_tokens_total")
            .help("Tokens whose activations were reduced.")
            .labelNames("phase")
            .register(registry);
    skippedTokens =
        Counter.builder()
            .name("layerwatch_probe_skipped_tokens_total")
            .help("Tokens passed through the model that were not to be observed, by reason.")
            .labelNames("reason")
            .register(registry);
    overhead =
        seconds(registry, "layerwatch_probe_overhead", "Time that the probe added to a pass.");
    inference =
        seconds(registry, "layerwatch_forward", "Time in the model of a forward pass, probe not.");
    for (Phase phase : Phase.values()) {
      observedTokens.initLabelValues(phase.id());
      overhead.initLabelValues(phase.id());
      inference.initLabelValues(phase.id());
    }
    for (SkipReason reason : SkipReason.values()) {
      skippedTokens.initLabelValues(reason.id());
    }
    registerGauges(registry, sampler, power);
  }

  private static Summary seconds(PrometheusRegistry registry, String name, String help) {
    return Summary.builder()
        .name(name)
        .help(help)
        .unit(Unit.SECONDS)
        .labelNames("phase")
        .register(registry);
  }

  private static void registerGauges(
      PrometheusRegistry registry, ProbeSampler sampler, ProbeSwitch power) {
    GaugeWithCallback.builder()
        .name("layerwatch_probe_enabled")
        .help("1 while the probe is on; 0 when switched off, or after a failure.")
        .callback(gauge -> gauge.call(power.off().isEmpty() ? 1 : 0))
        .register(registry);
    GaugeWithCallback.builder()
        .name("layerwatch_probe_overhead_ratio")
        .help("What the probe took of late, as a share of inference time.")
        .labelNames("phase")
        .callback(
            gauge -> {
              for (Phase phase : Phase.values()) {
                gauge.call(sampler.overheadShare(phase), phase.id());
              }
            })
        .register(registry);
    GaugeWithCallback.builder()
        .name("layerwatch_probe_budget_ratio")
        .help(
            "What the probe may take, as a share of inference time, in each phase; 1 is no limit.")
        .callback(gauge -> gauge.call(sampler.timeBudget()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("layerwatch_probe_affordable_ratio")
        .help("Share of passes that the probe's time budget lets through.")
        .labelNames("phase")
        .callback(
            gauge -> {
              for (Phase phase : Phase.values()) {
                gauge.call(sampler.affordableShare(phase), phase.id());
              }
            })
        .register(registry);
  }

  @Override
  public void observed(Phase phase, int tokens) {
    observedTokens.labelValues(phase.id()).inc(tokens);
  }

  @Override
  public void skipped(SkipReason reason, int tokens) {
    skippedTokens.labelValues(reason.id()).inc(tokens);
  }

  @Override
  public void passed(Phase phase, long inferenceNanos, long probeNanos) {
    overhead.labelValues(phase.id()).observe(probeNanos / 1e9);
    inference.labelValues(phase.id()).observe(inferenceNanos / 1e9);
  }

  @Override
  public void failed(int tokens, Throwable error) {
    errors.inc();
    unobservedTokens.inc(tokens);
    LOG.warn("an observation failed: the probe is off until PUT /probe turns it on again", error);
  }
}
