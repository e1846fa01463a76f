package io.layerwatch.runtime.process;

import io.layerwatch.runtime.security.EndpointSecurity;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What guards a process, whose certificate is the same at all its ports. */
final class AdminMetrics {

  private AdminMetrics() {}

  /** Shows the end of the certificate's time, as it is renewed; nothing where there is none. */
  static void showCertificate(EndpointSecurity security, PrometheusRegistry registry) {
    if (security.tls().isEmpty()) {
      return;
    }
    GaugeWithCallback.builder()
        .name("layerwatch_tls_certificate_expiry_timestamp_seconds")
        .help("End of the time of http.tls.certificate. Only where there is one.")
        .callback(
            gauge -> security.expires().ifPresent(end -> gauge.call((double) end.getEpochSecond())))
        .register(registry);
  }

  /** Counts what is refused, where tokens are asked for. */
  static Runnable refused(EndpointSecurity security, PrometheusRegistry registry) {
    if (!security.asksForTokens()) {
      return () -> {};
    }
    Counter refused =
        Counter.builder()
            .name("layerwatch_admin_refused_requests_total")
            .help("Requests to the admin port without a good token. Only where one is asked for.")
            .register(registry);
    return refused::inc;
  }
}
