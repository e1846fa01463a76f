package io.layerwatch.runtime.process;

import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.TopicProvisioner;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process around one service: topics first, then the service, until a signal ends it. */
public final class ServiceProcess {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceProcess.class);

  private ServiceProcess() {}

  /** Starts the service of a process. */
  public interface Starter {
    AutoCloseable start(
        Topics topics, PrometheusRegistry metrics, Health health, AdminServer admin);
  }

  /**
   * Runs until the JVM is asked to end.
   *
   * @throws StartException when the service fails for good
   */
  public static int run(Settings settings, Starter starter) throws InterruptedException {
    PrometheusRegistry metrics = new PrometheusRegistry();
    JvmMetrics.builder().register(metrics);
    Health health = new Health();
    AtomicReference<Optional<String>> missing =
        new AtomicReference<>(Optional.of("topics are not checked yet"));
    health.addCheck("start", missing::get);
    try (Lifecycle process = new Lifecycle()) {
      process.closeOnSignal();
      health.addCheck(
          "stop",
          () -> process.isClosing() ? Optional.of("the process is stopping") : Optional.empty());
      health.onFailure(process::requestStop);
      Topics topics = process.start("topics", () -> Topics.of(settings));
      AdminServer admin = process.start("admin", () -> AdminServer.of(settings, metrics, health));
      LOG.info("/metrics, /healthz and /readyz on port {}", admin.port());
      new TopicProvisioner(topics, settings).provision();
      missing.set(Optional.of("the service is starting"));
      process.start("service", () -> starter.start(topics, metrics, health, admin));
      missing.set(Optional.empty());
      process.awaitStop();
    }
    health.requireSound();
    return 0;
  }
}
