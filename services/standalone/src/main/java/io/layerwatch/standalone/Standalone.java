package io.layerwatch.standalone;

import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.recommender.Recommender;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.topics.TopicProvisioner;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.Scorer;
import io.layerwatch.standalone.broker.EmbeddedBroker;
import io.layerwatch.standalone.registry.SchemaRegistryServer;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/** Broker, registry and all three services in this JVM. */
public final class Standalone implements AutoCloseable {

  private final Lifecycle parts;
  private final EmbeddedBroker broker;
  private final SchemaRegistryServer registry;
  private final Settings settings;
  private final Topics topics;
  private final Instrumentation instrumentation;
  private final AdminServer admin;
  private final Health health = new Health();

  /** Starts everything, to be closed by the caller. */
  public Standalone(SettingsSources sources) {
    this(sources, new Lifecycle());
  }

  /**
   * Starts everything.
   *
   * @param sources of settings; Kafka and registry addresses are this process's own
   * @param lifecycle takes the parts; closing it ends a start that is under way
   */
  Standalone(SettingsSources sources, Lifecycle lifecycle) {
    parts = lifecycle;
    health.onFailure(parts::requestStop);
    // Bad settings stop the start before anything runs.
    Settings checked = Settings.load(StandaloneSettings.define(), sources);
    ServiceSettings services = ServiceSettings.of(checked);
    Instrumentation.prepare(services.instrumentation());
    PrometheusRegistry metrics = new PrometheusRegistry();
    JvmMetrics.builder().register(metrics);
    try {
      broker = parts.start("broker", EmbeddedBroker::start);
      registry = parts.start("registry", SchemaRegistryServer::start);
      settings = Settings.load(StandaloneSettings.define(), withOwnServers(sources));
      topics = parts.start("topics", () -> Topics.of(settings));
      new TopicProvisioner(topics, settings).provision();
      Map<String, Object> streams = Map.of("state.dir", broker.directory("streams").toString());
      parts.start(
          "scorer",
          () -> new Scorer(services.scorer(), settings, streams, topics, metrics, health));
      Recommender recommender =
          parts.start(
              "recommender",
              () ->
                  new Recommender(
                      services.recommender(), settings, streams, topics, metrics, health));
      instrumentation =
          parts.start(
              "instrumentation",
              () ->
                  new Instrumentation(
                      services.instrumentation(),
                      topics,
                      settings.kafka(),
                      metrics,
                      Clock.systemUTC()));
      admin = parts.start("admin", () -> AdminServer.of(settings, metrics, health));
      instrumentation.serveOn(admin);
      recommender.serveOn(admin);
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  private SettingsSources withOwnServers(SettingsSources sources) {
    Map<String, String> overrides = new LinkedHashMap<>(sources.overrides());
    overrides.put(CommonSettings.BOOTSTRAP_SERVERS, broker.bootstrapServers());
    overrides.put(CommonSettings.SCHEMA_REGISTRY_URL, registry.url());
    return new SettingsSources(
        sources.defaults(), sources.file(), sources.environment(), overrides);
  }

  /** Adds a part that closes before the services do. */
  public <T extends AutoCloseable> T add(String name, T part) {
    return parts.add(name, part);
  }

  public EmbeddedBroker broker() {
    return broker;
  }

  public String registryUrl() {
    return registry.url();
  }

  public Settings settings() {
    return settings;
  }

  public Topics topics() {
    return topics;
  }

  public Instrumentation instrumentation() {
    return instrumentation;
  }

  public Health health() {
    return health;
  }

  /** Base address of the API. */
  public URI api() {
    return URI.create(
        instrumentation.security().scheme() + "://127.0.0.1:" + instrumentation.port());
  }

  /** Base address of metrics and health. */
  public URI adminAddress() {
    return URI.create(admin.scheme() + "://127.0.0.1:" + admin.port());
  }

  /** Settings that name a model directory. */
  static Map<String, String> serving(Path model) {
    return Map.of(InstrumentationSettings.MODEL_DIRECTORY, model.toString());
  }

  @Override
  public void close() {
    parts.close();
  }
}
