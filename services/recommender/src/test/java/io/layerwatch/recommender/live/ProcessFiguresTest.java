package io.layerwatch.recommender.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ModelId;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProcessFiguresTest {

  private static final ModelId MODEL = new ModelId("demo", "r1");

  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final AtomicLong nanos = new AtomicLong();
  private final ProcessFigures figures = new ProcessFigures(metrics, nanos::get);

  @Test
  void metricsAreReadOnceASecondWhoeverAsks() {
    Gauge ledger =
        Gauge.builder()
            .name("layerwatch_scorer_ledger_layer_tokens")
            .labelNames("model", "revision", "entry")
            .register(metrics);
    ledger.labelValues("demo", "r1", "scored").set(40);
    assertThat(figures.now().ledger(MODEL)).containsEntry("scored", 40L);
    ledger.labelValues("demo", "r1", "scored").set(50);
    nanos.addAndGet(999_999_999);
    assertThat(figures.now().ledger(MODEL)).containsEntry("scored", 40L);
    nanos.addAndGet(1);
    assertThat(figures.now().ledger(MODEL)).containsEntry("scored", 50L);
  }

  @Test
  void otherFamiliesAreNotRead() {
    AtomicInteger read = new AtomicInteger();
    GaugeWithCallback.builder()
        .name("layerwatch_layer_drift_progress_ratio")
        .callback(callback -> callback.call(read.incrementAndGet()))
        .register(metrics);
    figures.now();
    assertThat(read).hasValue(0);
  }
}
