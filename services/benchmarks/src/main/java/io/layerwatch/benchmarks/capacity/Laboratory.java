package io.layerwatch.benchmarks.capacity;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.benchmarks.launch.Service;
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
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A real broker, a real registry, and topics of few partitions, so that few tasks do all. */
public final class Laboratory implements AutoCloseable {

  private final Lifecycle parts = new Lifecycle();
  private final EmbeddedBroker broker;
  private final boolean ownsBroker;
  private final int partitions;
  private final Map<String, String> settings;
  private final Topics topics;
  private final Producer<String, byte[]> producer;
  private long published;

  /** One of one partition, so that one task does all. */
  public Laboratory() {
    this(1);
  }

  /** One of that many partitions; a fleet's models take turns. */
  public Laboratory(int partitions) {
    this.partitions = partitions;
    broker = EmbeddedBroker.start();
    ownsBroker = true;
    SchemaRegistryServer registry = parts.add("registry", SchemaRegistryServer.start());
    settings =
        Map.of(
            CommonSettings.BOOTSTRAP_SERVERS,
            broker.bootstrapServers(),
            CommonSettings.SCHEMA_REGISTRY_URL,
            registry.url(),
            CommonSettings.TOPICS_PARTITIONS,
            Integer.toString(partitions),
            CommonSettings.TOPICS_REPLICATION,
            "1");
    topics = provision();
    producer = produce();
  }

  /** Other topics on the same broker, whose names begin so. It closes before the other one. */
  Laboratory(Laboratory beside, String prefix) {
    broker = beside.broker;
    ownsBroker = false;
    partitions = beside.partitions;
    settings = new HashMap<>(beside.settings);
    settings.put(CommonSettings.TOPICS_PREFIX, prefix);
    topics = provision();
    producer = produce();
  }

  private Topics provision() {
    Settings own = settings(ScorerSettings.define(), Map.of());
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

  /** Settings of a process that knows broker and registry. */
  public Settings settings(ConfigDef definition, Map<String, String> overrides) {
    Map<String, String> all = new HashMap<>(settings);
    all.putAll(overrides);
    return Settings.load(definition, SettingsSources.of(all));
  }

  /** Publishes one flush of a fleet; returns once it is on the topic. */
  public void publish(Fleet fleet, TimeWindow interval, long number) {
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
                      Fleet.model(summary) % partitions,
                      interval.start().toEpochMilli(),
                      summary.model().key(),
                      serializer.serialize(topic.name(), summary)));
          published += sent.isCancelled() ? 0 : 1;
        });
    producer.flush();
  }

  /** Makes a topic of one partition; the broker makes none by itself. */
  public void createTopic(String name) {
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(name + " cannot be made", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  public int partitions() {
    return partitions;
  }

  /** A directory beside the broker's, which goes with it. */
  public Path directory(String name) {
    return broker.directory(name);
  }

  /** How many summaries are on the topic. */
  public long published() {
    return published;
  }

  /** A scorer of one thread that reads the topic from its start, or where it stopped. */
  RunningScorer score(String applicationId, Map<String, String> overrides) {
    Map<String, String> own = new HashMap<>(overrides);
    own.put(ScorerSettings.APPLICATION_ID, applicationId);
    return RunningScorer.start(settings(ScorerSettings.define(), own), topics, streams());
  }

  /** A service in a process of its own, with what it needs to find all this. */
  public Service service(String command, Map<String, String> own) {
    Map<String, String> all = new HashMap<>(settings);
    streams().forEach((key, value) -> all.put("kafka." + key, value.toString()));
    all.putAll(own);
    return new Service(command, all);
  }

  /** What Kafka Streams is told beside the settings. */
  public Map<String, Object> streams() {
    return Map.of("state.dir", broker.directory("streams").toString());
  }

  /** The settings by which any process finds broker, registry and topics. */
  public Map<String, String> settings() {
    return Map.copyOf(settings);
  }

  public Topics topics() {
    return topics;
  }

  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** The broker has as long as it takes to write gigabytes to the disk, and to delete them. */
  @Override
  public void close() {
    parts.close();
    if (ownsBroker) {
      broker.close();
    }
  }
}
