package io.layerwatch.benchmarks.capacity;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.TopicProvisioner;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.standalone.broker.EmbeddedBroker;
import io.layerwatch.standalone.registry.SchemaRegistryServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A real broker, a real registry, and topics of one partition, so that one task does all. */
final class Laboratory implements AutoCloseable {

  private final Lifecycle parts = new Lifecycle();
  private final EmbeddedBroker broker;
  private final Map<String, String> settings;
  private final Topics topics;
  private final Producer<String, byte[]> producer;
  private long published;

  Laboratory() {
    broker = parts.add("broker", EmbeddedBroker.start());
    SchemaRegistryServer registry = parts.add("registry", SchemaRegistryServer.start());
    settings =
        Map.of(
            CommonSettings.BOOTSTRAP_SERVERS,
            broker.bootstrapServers(),
            CommonSettings.SCHEMA_REGISTRY_URL,
            registry.url(),
            CommonSettings.TOPICS_PARTITIONS,
            "1",
            CommonSettings.TOPICS_REPLICATION,
            "1");
    topics = provision();
    producer = produce();
  }

  /** Other topics on the same broker, whose names begin so. It closes before the other one. */
  Laboratory(Laboratory beside, String prefix) {
    broker = beside.broker;
    settings = new HashMap<>(beside.settings);
    settings.put(CommonSettings.TOPICS_PREFIX, prefix);
    topics = provision();
    producer = produce();
  }

  private Topics provision() {
    Settings own = settings(Map.of());
    Topics all = parts.add("topics", Topics.of(own));
    new TopicProvisioner(all, own).provision();
    return all;
  }

  private Producer<String, byte[]> produce() {
    return parts.add(
        "producer",
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrapServers(),
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.BATCH_SIZE_CONFIG,
                128 << 10),
            new StringSerializer(),
            new ByteArraySerializer()));
  }

  private Settings settings(Map<String, String> overrides) {
    Map<String, String> all = new HashMap<>(settings);
    all.putAll(overrides);
    return Settings.load(ScorerSettings.addTo(CommonSettings.define()), SettingsSources.of(all));
  }

  /** Publishes one flush of a fleet; returns once it is on the topic. */
  void publish(Fleet fleet, TimeWindow interval, long number) {
    Topic<ActivationSummary> topic = topics.activationSummaries();
    var serializer = topic.serde().serializer();
    fleet.flush(
        interval,
        number,
        summary -> {
          var sent =
              producer.send(
                  new ProducerRecord<>(
                      topic.name(),
                      0,
                      interval.start().toEpochMilli(),
                      summary.model().key(),
                      serializer.serialize(topic.name(), summary)));
          published += sent.isCancelled() ? 0 : 1;
        });
    producer.flush();
  }

  /** How many summaries are on the topic. */
  long published() {
    return published;
  }

  /** A scorer of one thread that reads the topic from its start, or where it stopped. */
  RunningScorer score(String applicationId, Map<String, String> overrides) {
    Map<String, String> own = new HashMap<>(overrides);
    own.put(ScorerSettings.APPLICATION_ID, applicationId);
    return RunningScorer.start(
        settings(own), topics, Map.of("state.dir", broker.directory("streams").toString()));
  }

  /** A directory that ends with the broker. */
  Path directory(String name) {
    try {
      return Files.createDirectories(broker.directory(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The settings by which any process finds broker, registry and topics. */
  Map<String, String> settings() {
    return Map.copyOf(settings);
  }

  Topics topics() {
    return topics;
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  @Override
  public void close() {
    parts.close();
  }
}
