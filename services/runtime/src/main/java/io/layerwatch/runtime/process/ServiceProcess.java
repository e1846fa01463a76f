package io.layerwatch.runtime.process;

import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.TopicProvisioner;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A process around one service: topics first, then the service, until a signal ends it. */
public final class ServiceProcess {

  private ServiceProcess() {}

  /** Starts the service of a process. */
  public interface Starter {
    AutoCloseable start(Topics topics, PrometheusRegistry metrics, Health health);
  }

  /** Runs until the JVM is asked to end; returns the exit code. */
  public static int run(Settings settings, Starter starter) throws InterruptedException {
    PrometheusRegistry metrics = new PrometheusRegistry();
    JvmMetrics.builder().register(metrics);
    Health health = new Health();
    AtomicReference<String> missing = new AtomicReference<>("topics are not checked yet");
    health.addCheck("start", () -> Optional.ofNullable(missing.get()));
    try (Lifecycle process = new Lifecycle()) {
      process.closeOnSignal();
      Topics topics = process.add("topics", Topics.of(settings));
      process.add(
          "admin",
          AdminServer.start(
              settings.text(CommonSettings.ADMIN_HOST),
              settings.integer(CommonSettings.ADMIN_PORT),
              metrics,
              health));
      new TopicProvisioner(topics, settings).provision();
      missing.set("the service is starting");
      process.add("service", starter.start(topics, metrics, health));
      missing.set(null);
      process.awaitStop();
    }
    return 0;
  }
}
