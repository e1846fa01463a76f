package io.layerwatch.instrumentation.verify;

import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/** What became of candidates. */
final class VerifierMetrics {

  static final String CANCELLED = "cancelled";
  static final String ERROR = "error";

  private final Counter measured;
  private final Gauge running;

  VerifierMetrics(PrometheusRegistry registry) {
    measured =
        Counter.builder()
            .name("layerwatch_verifier_candidates_total")
            .help("Candidates by what measuring them came to.")
            .labelNames("outcome")
            .register(registry);
    List.of("passed", "reduced", "failed", CANCELLED, ERROR).forEach(measured::initLabelValues);
    running =
        Gauge.builder()
            .name("layerwatch_verifier_running")
            .help("1 while a candidate is measured.")
            .register(registry);
  }

  void begin() {
    running.set(1);
  }

  void end(PruningEvaluation evaluation) {
    end(!evaluation.passed() ? "failed" : evaluation.inFull() ? "passed" : "reduced");
  }

  void end(String outcome) {
    measured.labelValues(outcome).inc();
    running.set(0);
  }
}
