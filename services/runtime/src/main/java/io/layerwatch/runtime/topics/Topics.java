package io.layerwatch.runtime.topics;

import io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClientFactory;
import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.PruningReview;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.codec.AvroCodec;
import io.layerwatch.runtime.codec.DriftCodec;
import io.layerwatch.runtime.codec.EvaluationCodec;
import io.layerwatch.runtime.codec.RecommendationCodec;
import io.layerwatch.runtime.codec.ReviewCodec;
import io.layerwatch.runtime.codec.ScoresCodec;
import io.layerwatch.runtime.codec.SummaryCodec;
import io.layerwatch.runtime.codec.TrustedClasses;
import io.layerwatch.runtime.process.StartException;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;

/** The topics of one deployment, all that a process needs to read and write them. */
public final class Topics implements AutoCloseable {

  /**
   * Twice what Kafka takes by default: whatever was sent with default settings fits into a dead
   * letter.
   */
  private static final int LARGEST_LETTER = 2 << 20;

  private final SchemaRegistryClient registry;
  private final Topic<ActivationSummary> activationSummaries;
  private final Topic<ModelScores> layerScores;
  private final Topic<LayerDrift> layerDrift;
  private final Topic<PruningRecommendation> pruningRecommendations;
  private final Topic<PruningEvaluation> pruningEvaluations;
  private final Topic<PruningReview> pruningReviews;
  private final Topic<byte[]> rejected;
  private final Map<String, Object> serdeConfig;
  private final String registryUrl;

  /**
   * The topics with that prefix.
   *
   * @param registryConfig for Confluent's client: {@code schema.registry.url} and the like
   * @param retention how long records are kept, by event time
   */
  public Topics(String prefix, Map<String, Object> registryConfig, Duration retention) {
    this(prefix, registryConfig, retention, LARGEST_LETTER);
  }

  private Topics(
      String prefix, Map<String, Object> registryConfig, Duration retention, int largestLetter) {
    TrustedClasses.register();
    Map<String, Object> config = new HashMap<>(registryConfig);
    // Schemas are registered when topics are provisioned, never by a stray producer.
    config.putIfAbsent("auto.register.schemas", false);
    config.putIfAbsent("use.latest.version", false);
    config.put("specific.avro.reader", true);
    // Timestamps are Instants in the generated classes.
    config.put("avro.use.logical.type.converters", true);
    String url = String.valueOf(config.get(CommonSettings.SCHEMA_REGISTRY_URL));
    registryUrl = url;
    registry = client(url, config);
    Map<String, String> deleted =
        Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG,
            Long.toString(retention.toMillis()));
    Map<String, String> compacted =
        Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
    activationSummaries =
        avro(prefix + "activation-summaries", new SummaryCodec(), config, deleted);
    layerScores = avro(prefix + "layer-scores", new ScoresCodec(), config, deleted);
    layerDrift = avro(prefix + "layer-drift", new DriftCodec(), config, deleted);
    pruningRecommendations =
        avro(prefix + "pruning-recommendations", new RecommendationCodec(), config, compacted);
    pruningEvaluations =
        avro(prefix + "pruning-evaluations", new EvaluationCodec(), config, deleted);
    pruningReviews = avro(prefix + "pruning-reviews", new ReviewCodec(), config, deleted);
    Map<String, String> large = new HashMap<>(deleted);
    large.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(largestLetter));
    rejected = new Topic<>(prefix + "rejected", Serdes.ByteArray(), Optional.empty(), large);
    serdeConfig = Map.copyOf(config);
  }

  private static SchemaRegistryClient client(String url, Map<String, Object> serdeConfig) {
    Map<String, Object> config = new HashMap<>(serdeConfig);
    // Unlike the rest, those of TLS are heard with the prefix alone.
    serdeConfig.forEach(
        (key, value) -> {
          if (key.startsWith("ssl.")) {
            config.put("schema.registry." + key, value);
          }
        });
    try {
      return SchemaRegistryClientFactory.newClient(
          List.of(url.split(",")), 100, List.of(new AvroSchemaProvider()), config, Map.of());
    } catch (KafkaException e) {
      throw new StartException(
          "the schema registry's client cannot be set up: " + ConnectionFailure.rootMessage(e), e);
    }
  }

  /** The topics that the settings name. */
  public static Topics of(Settings settings) {
    return new Topics(
        settings.text(CommonSettings.TOPICS_PREFIX),
        settings.schemaRegistry(),
        settings.duration(CommonSettings.TOPICS_RETENTION),
        largestLetter(settings.kafka()));
  }

  /** The largest dead letter that a producer with these settings sends. */
  public static int largestLetter(Map<String, Object> kafka) {
    String key = ProducerConfig.MAX_REQUEST_SIZE_CONFIG;
    Object size = kafka.getOrDefault("producer." + key, kafka.getOrDefault(key, LARGEST_LETTER));
    return (Integer) ConfigDef.parseType("kafka." + key, size, ConfigDef.Type.INT);
  }

  private <T, A extends SpecificRecord> Topic<T> avro(
      String name,
      AvroCodec<T, A> codec,
      Map<String, Object> serdeConfig,
      Map<String, String> topicConfig) {
    return new Topic<>(
        name,
        new RegistrySerde<>(name, codec, registry, serdeConfig),
        Optional.of(codec.schema()),
        topicConfig);
  }

  /** One site and layer, one instance, one flush interval; timestamp = interval start. */
  public Topic<ActivationSummary> activationSummaries() {
    return activationSummaries;
  }

  /** One site, one window, all layers; timestamp = window end. */
  public Topic<ModelScores> layerScores() {
    return layerScores;
  }

  /**
   * A topic of that name for scores that were computed anew. It keeps them until it is deleted:
   * they are of the past, and a retention by event time could take them at once.
   */
  public Topic<ModelScores> replayedScores(String name) {
    return avro(
        name,
        new ScoresCodec(),
        serdeConfig,
        Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG,
            "-1"));
  }

  /** Drift that was raised or cleared; timestamp = end of the window that decided it. */
  public Topic<LayerDrift> layerDrift() {
    return layerDrift;
  }

  /** The current advice for each model; compacted. */
  public Topic<PruningRecommendation> pruningRecommendations() {
    return pruningRecommendations;
  }

  /** What measuring candidates showed. */
  public Topic<PruningEvaluation> pruningEvaluations() {
    return pruningEvaluations;
  }

  /** What people say of recommendations. */
  public Topic<PruningReview> pruningReviews() {
    return pruningReviews;
  }

  /** Dead letters: original key and bytes, reason and origin in headers. */
  public Topic<byte[]> rejected() {
    return rejected;
  }

  /** Every topic. */
  public List<Topic<?>> all() {
    return List.of(
        activationSummaries,
        layerScores,
        layerDrift,
        pruningRecommendations,
        pruningEvaluations,
        pruningReviews,
        rejected);
  }

  /** Where the registry is, for people. */
  public String registryUrl() {
    return registryUrl;
  }

  /** The registry that the topics' schemas live in. */
  SchemaRegistryClient registry() {
    return registry;
  }

  @Override
  public void close() {
    activationSummaries.serde().close();
    layerScores.serde().close();
    layerDrift.serde().close();
    pruningRecommendations.serde().close();
    pruningEvaluations.serde().close();
    pruningReviews.serde().close();
    try {
      registry.close();
    } catch (IOException e) {
      // The client holds no state that a failed close could lose.
    }
  }
}
