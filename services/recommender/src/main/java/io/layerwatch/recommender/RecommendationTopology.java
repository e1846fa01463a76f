package io.layerwatch.recommender;

import io.layerwatch.analysis.pruning.PruningPolicy;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.streams.RecordDecoder;
import io.layerwatch.runtime.streams.RecordIntake;
import io.layerwatch.runtime.topics.Topics;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/** Scores in, recommendations out, with bad records to rejected. */
public final class RecommendationTopology {

  private static final String SOURCE = "layer-scores";
  private static final String INTAKE = "intake";
  private static final String RECOMMENDING = "recommending";
  static final String RECOMMENDATIONS = "pruning-recommendations";
  static final String REJECTED = "rejected";

  private RecommendationTopology() {}

  /** The topology that runs in production and in tests. */
  public static Topology build(
      PruningPolicy policy, Topics topics, RecommenderMetrics metrics, DeadLetters deadLetters) {
    var text = Serdes.String();
    var bytes = Serdes.ByteArray();
    var scores = topics.layerScores();
    var recommendations = topics.pruningRecommendations();
    return new Topology()
        .addSource(SOURCE, bytes.deserializer(), bytes.deserializer(), scores.name())
        .addProcessor(
            INTAKE,
            () ->
                new RecordIntake<>(
                    new RecordDecoder<>(
                        scores, ScoresCheck.LARGEST_RECORD, window -> window.model().key()),
                    deadLetters,
                    RECOMMENDING,
                    REJECTED),
            SOURCE)
        .addProcessor(RECOMMENDING, () -> new Recommending(policy, metrics, deadLetters), INTAKE)
        .addStateStore(
            Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(Recommending.HISTORY), text, scores.serde())
                .withLoggingEnabled(Map.of()),
            RECOMMENDING)
        .addStateStore(
            Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(Recommending.CURRENT),
                    text,
                    recommendations.serde())
                .withLoggingEnabled(Map.of()),
            RECOMMENDING)
        .addSink(
            RECOMMENDATIONS,
            recommendations.name(),
            text.serializer(),
            recommendations.serde().serializer(),
            RECOMMENDING)
        .addSink(
            REJECTED,
            topics.rejected().name(),
            bytes.serializer(),
            bytes.serializer(),
            INTAKE,
            RECOMMENDING);
  }
}
