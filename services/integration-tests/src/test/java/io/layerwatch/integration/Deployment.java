package io.layerwatch.integration;

import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.ProbeSettings;
import io.layerwatch.recommender.Recommender;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.topics.TopicProvisioner;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.Scorer;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.standalone.broker.EmbeddedBroker;
import io.layerwatch.standalone.registry.SchemaRegistryServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/** A registry and the services that a test starts on it and a broker, each with its own metrics. */
final class Deployment implements AutoCloseable {

  private final Lifecycle parts = new Lifecycle();
  private final Path stateDirectory;
  private final Settings settings;
  private final Topics topics;
  final Health health = new Health();

  /** On an embedded broker of its own. */
  Deployment(Path directory, Path model, Map<String, String> overrides) {
    this(directory, model, EmbeddedBroker.start(), overrides);
  }

  private Deployment(
      Path directory, Path model, EmbeddedBroker broker, Map<String, String> overrides) {
    this(directory, model, broker.bootstrapServers(), overrides, broker);
  }

  /** On a broker that the test runs. */
  Deployment(Path directory, Path model, String brokers, Map<String, String> overrides) {
    this(directory, model, brokers, overrides, () -> {});
  }

  /** On a broker and a registry that the test runs. */
  Deployment(
      Path directory, Path model, String brokers, String registry, Map<String, String> overrides) {
    this(directory, model, brokers, overrides, registry, List.of());
  }

  private Deployment(
      Path directory,
      Path model,
      String brokers,
      Map<String, String> overrides,
      AutoCloseable broker) {
    this(directory, model, brokers, overrides, SchemaRegistryServer.start(), broker);
  }

  private Deployment(
      Path directory,
      Path model,
      String brokers,
      Map<String, String> overrides,
      SchemaRegistryServer registry,
      AutoCloseable broker) {
    this(directory, model, brokers, overrides, registry.url(), List.of(broker, registry));
  }

  private Deployment(
      Path directory,
      Path model,
      String brokers,
      Map<String, String> overrides,
      String registry,
      List<AutoCloseable> servers) {
    this.stateDirectory = directory.resolve("streams");
    servers.forEach(server -> parts.add("server", server));
    Map<String, String> values = new HashMap<>();
    values.put(InstrumentationSettings.MODEL_DIRECTORY, model.toString());
    values.put(InstrumentationSettings.HOST, "127.0.0.1");
    values.put(InstrumentationSettings.PORT, "0");
    values.put(CommonSettings.TOPICS_REPLICATION, "1");
    // What tests serve is to be found again, to the token.
    values.put(ProbeSettings.BUDGET, "1");
    values.put(InstrumentationSettings.MINIMUM_TOKENS, "1");
    values.putAll(overrides);
    values.put(CommonSettings.BOOTSTRAP_SERVERS, brokers);
    values.put(CommonSettings.SCHEMA_REGISTRY_URL, registry);
    settings = Settings.load(definition(), SettingsSources.of(values));
    topics = parts.add("topics", Topics.of(settings));
    new TopicProvisioner(topics, settings).provision();
  }

  /** Every setting that there is. */
  static ConfigDef definition() {
    return RecommenderSettings.addTo(
        ScorerSettings.addTo(InstrumentationSettings.addTo(CommonSettings.define())));
  }

  Instrumentation instrument(Clock clock, PrometheusRegistry metrics) {
    return parts.add(
        "instrumentation",
        new Instrumentation(
            InstrumentationSettings.of(settings), topics, settings.kafka(), metrics, clock));
  }

  void score() {
    score(new PrometheusRegistry());
  }

  void score(PrometheusRegistry metrics) {
    parts.add(
        "scorer",
        new Scorer(ScorerSettings.of(settings), settings, streams(), topics, metrics, health));
  }

  void recommend() {
    recommend("recommender", new PrometheusRegistry(), health);
  }

  /** One of several recommenders, each of another name. */
  Recommender recommend(String name, PrometheusRegistry metrics, Health itsHealth) {
    return parts.add(
        name,
        new Recommender(
            RecommenderSettings.of(settings),
            settings,
            Map.of("state.dir", stateDirectory.resolveSibling(name).toString()),
            topics,
            metrics,
            itsHealth));
  }

  private Map<String, Object> streams() {
    return Map.of("state.dir", stateDirectory.toString());
  }

  Topics topics() {
    return topics;
  }

  Settings settings() {
    return settings;
  }

  @Override
  public void close() {
    parts.close();
  }
}
