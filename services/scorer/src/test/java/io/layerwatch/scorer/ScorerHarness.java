package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.drift.DriftCriteria;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.state.LiveStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;

/**
 * The production topology under the test driver: windows of 60 s, 10 s of grace, 30 s and 90 s to
 * time out.
 */
final class ScorerHarness implements AutoCloseable {

  static final ScorerSettings SETTINGS =
      new ScorerSettings(
          "test",
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(90),
          Duration.ofDays(1),
          Duration.ofHours(2),
          Duration.ofMinutes(10),
          0.01,
          new DriftSettings(
              new DriftCriteria(EnumSet.of(Ranking.AVSS), 10, 0.2, 1), Duration.ofDays(2)));

  static final String REGISTRY = "mock://scorer";

  /** The machine's clock at the start: long after the summaries, as when a backlog is read. */
  static final Instant WALL_CLOCK = Instant.ofEpochSecond(1_000_000);

  final PrometheusRegistry metrics = new PrometheusRegistry();
  final Topics topics =
      new Topics(
          "layerwatch.",
          Map.of("schema.registry.url", REGISTRY, "auto.register.schemas", true),
          Duration.ofDays(1));
  final TestInputTopic<String, byte[]> input;
  final TestInputTopic<byte[], byte[]> rawInput;
  final TestOutputTopic<String, ModelScores> scores;
  final TestOutputTopic<String, LayerDrift> drift;
  final TestOutputTopic<String, byte[]> rejected;
  final TestOutputTopic<byte[], byte[]> rawRejected;
  private final TopologyTestDriver driver;
  private Numbering numbers = new Numbering();

  ScorerHarness() {
    this(WALL_CLOCK);
  }

  ScorerHarness(Instant wallClock) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    driver =
        new TopologyTestDriver(
            ScoringTopology.build(
                SETTINGS, topics, new ScorerMetrics(metrics), new DeadLetters("scorer", metrics)),
            properties,
            wallClock);
    input =
        driver.createInputTopic(
            topics.activationSummaries().name(), new StringSerializer(), new ByteArraySerializer());
    rawInput =
        driver.createInputTopic(
            topics.activationSummaries().name(),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    scores =
        driver.createOutputTopic(
            topics.layerScores().name(),
            new StringDeserializer(),
            topics.layerScores().serde().deserializer());
    drift =
        driver.createOutputTopic(
            topics.layerDrift().name(),
            new StringDeserializer(),
            topics.layerDrift().serde().deserializer());
    rejected =
        driver.createOutputTopic(
            topics.rejected().name(), new StringDeserializer(), new ByteArrayDeserializer());
    rawRejected =
        driver.createOutputTopic(
            topics.rejected().name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Sends summaries with the numbers that their instance gives them, in that order. */
  void send(ActivationSummary... summaries) {
    Stream.of(summaries).map(numbers::next).forEach(this::sendAsIs);
  }

  /** Numbers summaries that never arrive. */
  void lose(ActivationSummary... summaries) {
    Stream.of(summaries).forEach(numbers::next);
  }

  void sendAsIs(ActivationSummary summary) {
    input.pipeInput(summary.model().key(), bytes(summary));
  }

  byte[] bytes(ActivationSummary summary) {
    var topic = topics.activationSummaries();
    return topic.serde().serializer().serialize(topic.name(), summary);
  }

  ActivationSummary read(byte[] bytes) {
    var topic = topics.activationSummaries();
    return topic.serde().deserializer().deserialize(topic.name(), bytes);
  }

  List<ModelScores> published() {
    return scores.readValuesToList();
  }

  /** What was rejected, in words. */
  List<String> reasons() {
    return rejected.readRecordsToList().stream()
        .map(letter -> header(letter, "layerwatch.reason"))
        .toList();
  }

  static String header(TestRecord<?, ?> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  /** Lets time pass in which nothing arrives; punctuation runs every second. */
  void pass(long seconds) {
    for (long second = 0; second < seconds; second++) {
      driver.advanceWallClockTime(Duration.ofSeconds(1));
    }
  }

  /** What a changelog would bring back. */
  void restoreFrom(ScorerHarness before) {
    numbers = before.numbers;
    copy(before, WindowScoring.WINDOWS);
    copy(before, WindowScoring.MODELS);
    copy(before, WindowScoring.INSTANCES);
    copy(before, WindowScoring.TRACKS);
    copy(before, DriftWatching.STATES);
  }

  /** What is left of entries that were deleted elsewhere, and of everything else the latest. */
  void restoreFrom(ScorerHarness before, ScorerHarness later) {
    restoreFrom(later);
    copy(before, WindowScoring.WINDOWS);
  }

  @SuppressWarnings("unchecked")
  private void copy(ScorerHarness before, String store) {
    KeyValueStore<Object, Object> target =
        driver.getAllStateStores().get(store) instanceof LiveStore<?, ?> live
            ? (KeyValueStore<Object, Object>) live.written()
            : driver.getKeyValueStore(store);
    before.forEach(store, target::put);
  }

  long entries(String store) {
    AtomicLong count = new AtomicLong();
    forEach(store, (key, value) -> count.incrementAndGet());
    return count.get();
  }

  /** All of a store as of the last commit, which the test driver makes after every record. */
  private void forEach(String store, BiConsumer<Object, Object> visitor) {
    if (driver.getAllStateStores().get(store) instanceof LiveStore<?, ?> live) {
      live.forEach(visitor::accept);
      return;
    }
    try (var all = driver.getKeyValueStore(store).all()) {
      all.forEachRemaining(entry -> visitor.accept(entry.key, entry.value));
    }
  }

  /** A whole stretch of time in one step. */
  void skip(long seconds) {
    driver.advanceWallClockTime(Duration.ofSeconds(seconds));
  }

  /** An entry of the demo model's ledger, as last shown. */
  double ledger(String entry) {
    return ledger("demo@r1", entry);
  }

  double ledger(String model, String entry) {
    ModelId id = ModelId.parse(model);
    return metric(
        "layerwatch_scorer_ledger_layer_tokens",
        "model",
        id.name(),
        "revision",
        id.revision(),
        "entry",
        entry);
  }

  /** Windows of the demo model that were closed, or NaN where there is no such series. */
  double closedWindows(boolean complete) {
    return metric(
        "layerwatch_scorer_closed_windows_total",
        "model",
        "demo",
        "revision",
        "r1",
        "complete",
        Boolean.toString(complete));
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
