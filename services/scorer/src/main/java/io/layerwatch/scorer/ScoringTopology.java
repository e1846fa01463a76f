package io.layerwatch.scorer;

import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.streams.RecordIntake;
import io.layerwatch.runtime.topics.Topics;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/** Summaries in, scores out: intake → windows → layer-scores, with bad records to rejected. */
public final class ScoringTopology {

  private static final String SOURCE = "activation-summaries";
  private static final String INTAKE = "intake";
  private static final String SCORING = "window-scoring";
  static final String SCORES = "layer-scores";
  static final String REJECTED = "rejected";

  private ScoringTopology() {}

  /** The topology that runs in production and in tests. */
  public static Topology build(
      ScorerSettings settings, Topics topics, ScorerMetrics metrics, DeadLetters deadLetters) {
    var text = Serdes.String();
    var bytes = Serdes.ByteArray();
    var summaries = topics.activationSummaries();
    return new Topology()
        .addSource(SOURCE, text.deserializer(), bytes.deserializer(), summaries.name())
        .addProcessor(
            INTAKE,
            () ->
                new RecordIntake<>(
                    summaries, summary -> summary.model().key(), deadLetters, SCORING, REJECTED),
            SOURCE)
        .addProcessor(SCORING, () -> new WindowScoring(settings, metrics, deadLetters), INTAKE)
        .addStateStore(
            Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(WindowScoring.SUMMARIES),
                    Serdes.Bytes(),
                    summaries.serde())
                .withLoggingEnabled(Map.of())
                .withCachingEnabled(),
            SCORING)
        .addStateStore(
            Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(WindowScoring.CLOCKS), text, ModelClock.serde())
                .withLoggingEnabled(Map.of())
                .withCachingEnabled(),
            SCORING)
        .addSink(
            SCORES,
            topics.layerScores().name(),
            text.serializer(),
            topics.layerScores().serde().serializer(),
            SCORING)
        .addSink(
            REJECTED,
            topics.rejected().name(),
            text.serializer(),
            bytes.serializer(),
            INTAKE,
            SCORING);
  }
}
