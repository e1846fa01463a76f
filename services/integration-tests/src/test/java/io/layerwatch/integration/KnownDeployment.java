package io.layerwatch.integration;

import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.topics.TopicProvisioner;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.standalone.registry.SchemaRegistryServer;
import java.util.HashMap;
import java.util.Map;

/** Brokers as processes, a registry, topics, and settings of scorers that fit known traffic. */
final class KnownDeployment implements AutoCloseable {

  private final Lifecycle parts = new Lifecycle();
  private final Map<String, String> values = new HashMap<>();
  final KafkaCluster kafka;
  final Settings settings;
  final Topics topics;
  final ScoresTopic scores;

  /** On those brokers, which it owns. */
  KnownDeployment(KafkaCluster kafka) {
    this.kafka = parts.add("kafka", kafka);
    SchemaRegistryServer registry = parts.add("registry", SchemaRegistryServer.start());
    values.put(CommonSettings.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
    values.put(CommonSettings.SCHEMA_REGISTRY_URL, registry.url());
    values.put(CommonSettings.TOPICS_RETENTION, "3650d");
    values.put(ScorerSettings.WINDOW_SIZE, KnownTraffic.WINDOW.toString());
    values.put(ScorerSettings.WINDOW_GRACE, KnownTraffic.GRACE.toString());
    // By the wall clock nothing closes and nobody is forgotten, however slow the machine.
    values.put(ScorerSettings.INSTANCE_TIMEOUT, "1h");
    values.put(ScorerSettings.MODEL_TIMEOUT, "1h");
    values.put(ScorerSettings.INSTANCE_RETENTION, "3650d");
    settings = Settings.load(ScorerSettings.define(), SettingsSources.of(values));
    topics = parts.add("topics", Topics.of(settings));
    try {
      new TopicProvisioner(topics, settings).provision();
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
    scores = new ScoresTopic(topics.layerScores(), kafka.bootstrapServers(), kafka.admin());
  }

  /** What a scorer is started with, and some more. */
  Map<String, String> scorerSettings(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(values);
    all.putAll(more);
    return all;
  }

  /** Whether consumers of committed records find that many windows of each model and site. */
  boolean hasScored(int windows) {
    return scores.committed().size() >= windows * KnownTraffic.RESULTS_PER_WINDOW;
  }

  <T extends AutoCloseable> T add(String name, T part) {
    return parts.add(name, part);
  }

  @Override
  public void close() {
    parts.close();
  }
}
