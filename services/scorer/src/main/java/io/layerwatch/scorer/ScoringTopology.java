package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.streams.RecordDecoder;
import io.layerwatch.runtime.streams.RecordIntake;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.state.LiveStore;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Summaries in, scores out: intake → windows → layer-scores, and → drift → layer-drift, with bad
 * records to rejected.
 */
public final class ScoringTopology {

  private static final String SOURCE = "activation-summaries";
  private static final String INTAKE = "intake";
  private static final String SCORING = "window-scoring";
  static final String WATCHING = "drift-watching";
  static final String SCORES = "layer-scores";
  static final String DRIFT = "layer-drift";
  static final String REJECTED = "rejected";

  // A restart reads all of a changelog. A segment is compacted once it is full, and every entry of
  // every closed window leaves a tombstone for as long as this.
  private static final Map<String, String> CHANGELOG =
      Map.of(
          TopicConfig.SEGMENT_BYTES_CONFIG,
          Integer.toString(64 << 20),
          TopicConfig.DELETE_RETENTION_MS_CONFIG,
          Long.toString(Duration.ofHours(6).toMillis()));

  private ScoringTopology() {}

  /** The topology that runs in production and in tests. */
  public static Topology build(
      ScorerSettings settings, Topics topics, ScorerMetrics metrics, DeadLetters deadLetters) {
    var text = Serdes.String();
    var bytes = Serdes.ByteArray();
    var summaries = topics.activationSummaries();
    return new Topology()
        .addSource(SOURCE, bytes.deserializer(), bytes.deserializer(), summaries.name())
        .addProcessor(
            INTAKE,
            () -> new RecordIntake<>(decoder(topics), deadLetters, SCORING, REJECTED),
            SOURCE)
        .addProcessor(SCORING, () -> new WindowScoring(settings, metrics, deadLetters), INTAKE)
        .addStateStore(
            live(WindowScoring.WINDOWS, Serdes.Bytes(), WindowReportSerde.serde()), SCORING)
        .addStateStore(live(WindowScoring.MODELS, text, ModelProgress.serde()), SCORING)
        .addStateStore(live(WindowScoring.INSTANCES, text, InstanceClock.serde()), SCORING)
        .addStateStore(live(WindowScoring.TRACKS, text, SequenceTracks.serde()), SCORING)
        .addSink(
            SCORES,
            topics.layerScores().name(),
            text.serializer(),
            topics.layerScores().serde().serializer(),
            SCORING)
        .addProcessor(WATCHING, () -> new DriftWatching(settings.drift(), metrics.drift()), SCORING)
        .addStateStore(store(DriftWatching.STATES, text, StoredDrift.serde()), WATCHING)
        .addSink(
            DRIFT,
            topics.layerDrift().name(),
            text.serializer(),
            topics.layerDrift().serde().serializer(),
            WATCHING)
        .addSink(
            REJECTED,
            topics.rejected().name(),
            bytes.serializer(),
            bytes.serializer(),
            INTAKE,
            SCORING);
  }

  /** What makes summaries of records, live and in a replay. */
  public static RecordDecoder<ActivationSummary> decoder(Topics topics) {
    return new RecordDecoder<>(
        topics.activationSummaries(),
        SummaryCheck.LARGEST_RECORD,
        summary -> summary.model().key());
  }

  private static <K extends Comparable<K>, V> StoreBuilder<LiveStore<K, V>> live(
      String name, Serde<K> keys, Serde<V> values) {
    return LiveStore.builder(name, keys, values).withLoggingEnabled(CHANGELOG);
  }

  private static <K, V> StoreBuilder<KeyValueStore<K, V>> store(
      String name, Serde<K> keys, Serde<V> values) {
    return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), keys, values)
        .withLoggingEnabled(CHANGELOG);
  }
}
