package io.layerwatch.instrumentation;

import io.layerwatch.instrumentation.model.LanguageModel;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/**
 * What the model holds of the device's memory, in arrays, which the JVM's own figures leave out.
 */
final class ModelMetrics {

  private ModelMetrics() {}

  static void register(PrometheusRegistry registry, LanguageModel model) {
    GaugeWithCallback.builder()
        .name("layerwatch_model_arrays")
        .help("PyTorch arrays that are open: weights, and those of passes under way.")
        .callback(gauge -> gauge.call(model.openArrays()))
        .register(registry);
  }
}
