package io.layerwatch.recommender;

import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.layerwatch.analysis.pruning.PruningCriteria;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningPolicy;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.PruningReview;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;

/** The production topology under the test driver: three windows to a candidate, two to its end. */
final class RecommenderHarness implements AutoCloseable {

  static final PruningCriteria CRITERIA = criteria("relative-contribution", Ranking.AVSS);

  static final String REGISTRY = "mock://recommender";

  final PrometheusRegistry metrics = new PrometheusRegistry();
  final Topics topics =
      new Topics(
          "layerwatch.",
          Map.of("schema.registry.url", REGISTRY, "auto.register.schemas", true),
          Duration.ofDays(1));
  final TestInputTopic<String, byte[]> input;
  final TestInputTopic<byte[], byte[]> rawInput;
  final TestOutputTopic<String, PruningRecommendation> recommendations;
  final TestOutputTopic<String, byte[]> rejected;
  final TestOutputTopic<byte[], byte[]> rawRejected;
  private final TopologyTestDriver driver;

  RecommenderHarness() {
    this(CRITERIA);
  }

  RecommenderHarness(PruningCriteria criteria) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    driver =
        new TopologyTestDriver(
            RecommendationTopology.build(
                new PruningPolicy(criteria),
                Duration.ofHours(24),
                topics,
                new RecommenderMetrics(metrics),
                new DeadLetters("recommender", metrics)),
            properties);
    input =
        driver.createInputTopic(
            topics.layerScores().name(), new StringSerializer(), new ByteArraySerializer());
    rawInput =
        driver.createInputTopic(
            topics.layerScores().name(), new ByteArraySerializer(), new ByteArraySerializer());
    recommendations =
        driver.createOutputTopic(
            topics.pruningRecommendations().name(),
            new StringDeserializer(),
            topics.pruningRecommendations().serde().deserializer());
    rejected =
        driver.createOutputTopic(
            topics.rejected().name(), new StringDeserializer(), new ByteArrayDeserializer());
    rawRejected =
        driver.createOutputTopic(
            topics.rejected().name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  static PruningCriteria criteria(String site, Ranking ranking) {
    return new PruningCriteria(3, 0.25, ranking, site, 0.9, 0.25, 100, new TreeSet<>(), 2);
  }

  void send(ModelScores... windows) {
    Stream.of(windows).forEach(window -> input.pipeInput(window.model().key(), bytes(window)));
  }

  void send(PruningEvaluation evaluation) {
    pipe(topics.pruningEvaluations(), evaluation.model().key(), evaluation);
  }

  void send(PruningReview review) {
    pipe(topics.pruningReviews(), review.model().key(), review);
  }

  <T> void pipe(Topic<T> topic, String key, T value) {
    driver
        .createInputTopic(topic.name(), new StringSerializer(), topic.serde().serializer())
        .pipeInput(key, value);
  }

  /** Sends a record that our codecs might not write. */
  void sendAsIs(Topic<?> topic, String key, SpecificRecord record) {
    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer()) {
      serializer.configure(
          Map.of("schema.registry.url", REGISTRY, "auto.register.schemas", true), false);
      driver
          .createInputTopic(topic.name(), new StringSerializer(), new ByteArraySerializer())
          .pipeInput(key, serializer.serialize(topic.name(), record));
    }
  }

  byte[] bytes(ModelScores window) {
    var topic = topics.layerScores();
    return topic.serde().serializer().serialize(topic.name(), window);
  }

  /** What was published since the last look, in words. */
  List<String> advice() {
    return recommendations.readValuesToList().stream()
        .map(recommendation -> recommendation.state().describe())
        .toList();
  }

  /** What a changelog would bring back. */
  void restoreFrom(RecommenderHarness before) {
    copy(before, Recommending.HISTORY);
    copy(before, Recommending.CURRENT);
  }

  private void copy(RecommenderHarness before, String store) {
    KeyValueStore<Object, Object> target = driver.getKeyValueStore(store);
    KeyValueStore<Object, Object> source = before.driver.getKeyValueStore(store);
    try (var entries = source.all()) {
      entries.forEachRemaining(entry -> target.put(entry.key, entry.value));
    }
  }

  /** Lets time pass in which nothing arrives. */
  void pass(Duration time) {
    driver.advanceWallClockTime(time);
  }

  List<ModelScores> history() {
    KeyValueStore<String, ModelScores> store = driver.getKeyValueStore(Recommending.HISTORY);
    List<ModelScores> windows = new ArrayList<>();
    try (var all = store.all()) {
      all.forEachRemaining(entry -> windows.add(entry.value));
    }
    return windows;
  }

  /** A counter's or gauge's value, or NaN where there is no such series. */
  double metric(String name, String... labels) {
    return Metrics.value(metrics, name, labels);
  }

  @Override
  public void close() {
    driver.close();
    topics.close();
  }
}
