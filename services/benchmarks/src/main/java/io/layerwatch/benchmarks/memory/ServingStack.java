package io.layerwatch.benchmarks.memory;

import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.topics.TopicProvisioner;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.standalone.broker.EmbeddedBroker;
import io.layerwatch.standalone.registry.SchemaRegistryServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** The instrumentation service at its defaults, with a real broker and registry beside it. */
final class ServingStack implements AutoCloseable {

  private final Lifecycle parts = new Lifecycle();
  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final Instrumentation service;

  /**
   * Starts to serve.
   *
   * @param overrides settings that are not at their defaults
   */
  ServingStack(Path model, Map<String, String> overrides) {
    EmbeddedBroker broker = parts.add("broker", EmbeddedBroker.start());
    try {
      SchemaRegistryServer registry = parts.add("registry", SchemaRegistryServer.start());
      Map<String, String> values = new HashMap<>();
      values.put(InstrumentationSettings.HOST, "127.0.0.1");
      values.put(InstrumentationSettings.PORT, "0");
      values.put(CommonSettings.TOPICS_REPLICATION, "1");
      values.putAll(overrides);
      values.put(InstrumentationSettings.MODEL_DIRECTORY, model.toString());
      values.put(CommonSettings.BOOTSTRAP_SERVERS, broker.bootstrapServers());
      values.put(CommonSettings.SCHEMA_REGISTRY_URL, registry.url());
      Settings settings =
          Settings.load(
              InstrumentationSettings.addTo(CommonSettings.define()), SettingsSources.of(values));
      InstrumentationSettings own = InstrumentationSettings.of(settings);
      TorchThreads.configure(own.torchThreads());
      Topics topics = parts.add("topics", Topics.of(settings));
      new TopicProvisioner(topics, settings).provision();
      service =
          parts.add(
              "instrumentation",
              new Instrumentation(own, topics, settings.kafka(), metrics, Clock.systemUTC()));
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  int port() {
    return service.port();
  }

  /** Arrays of the model that are open, as a scrape finds them. */
  long openArrays() {
    return metrics.scrape("layerwatch_model_arrays"::equals).stream()
        .flatMap(family -> family.getDataPoints().stream())
        .mapToLong(point -> (long) ((GaugeDataPointSnapshot) point).getValue())
        .sum();
  }

  @Override
  public void close() {
    parts.close();
  }
}
