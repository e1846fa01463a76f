package io.layerwatch.instrumentation;

import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsOptions;
import io.layerwatch.runtime.topics.TopicProvisioner;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code layerwatch instrument}: serves a model and publishes what its layers do. */
@Command(
    name = "instrument",
    mixinStandardHelpOptions = true,
    description = "Serve a model over HTTP and publish its layers' activation summaries.")
public final class InstrumentCommand implements Callable<Integer> {

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model directory; the same as --set model.directory=DIR.")
  private Optional<Path> model = Optional.empty();

  @Mixin private SettingsOptions options;

  @Override
  public Integer call() throws InterruptedException {
    Map<String, String> given =
        model
            .map(dir -> Map.of(InstrumentationSettings.MODEL_DIRECTORY, dir.toString()))
            .orElse(Map.of());
    Settings settings = Settings.load(InstrumentationSettings.define(), options.sources(given));
    InstrumentationSettings own = InstrumentationSettings.of(settings);
    TorchThreads.configure(own.torchThreads());
    PrometheusRegistry metrics = new PrometheusRegistry();
    JvmMetrics.builder().register(metrics);
    try (Lifecycle process = new Lifecycle()) {
      process.closeOnSignal();
      Topics topics = process.add("topics", Topics.of(settings));
      new TopicProvisioner(topics, settings).provision();
      Health health = new Health();
      process.add(
          "service",
          new Instrumentation(own, topics, settings.kafka(), metrics, Clock.systemUTC()));
      process.add(
          "admin",
          AdminServer.start(
              settings.text(CommonSettings.ADMIN_HOST),
              settings.integer(CommonSettings.ADMIN_PORT),
              metrics,
              health));
      process.awaitStop();
    }
    return 0;
  }
}
