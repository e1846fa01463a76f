package io.layerwatch.recommender;

import io.layerwatch.analysis.pruning.PruningPolicy;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.streams.RecordDecoder;
import io.layerwatch.runtime.streams.RecordIntake;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * Scores, evaluations and reviews in, recommendations out, with bad records to rejected. All three
 * have the model for a key and as many partitions, so that one task has all of a model.
 */
public final class RecommendationTopology {

  private static final String SCORES = "layer-scores";
  private static final String EVALUATIONS = "pruning-evaluations";
  private static final String REVIEWS = "pruning-reviews";
  private static final String RECOMMENDING = "recommending";
  static final String RECOMMENDATIONS = "pruning-recommendations";
  static final String REJECTED = "rejected";

  private final Topology topology = new Topology();
  private final DeadLetters deadLetters;

  private RecommendationTopology(DeadLetters deadLetters) {
    this.deadLetters = deadLetters;
  }

  /** The topology that runs in production and in tests. */
  public static Topology build(
      PruningPolicy policy,
      Duration retention,
      Topics topics,
      RecommenderMetrics metrics,
      DeadLetters deadLetters) {
    return new RecommendationTopology(deadLetters).build(policy, retention, topics, metrics);
  }

  private Topology build(
      PruningPolicy policy, Duration retention, Topics topics, RecommenderMetrics metrics) {
    var text = Serdes.String();
    var bytes = Serdes.ByteArray();
    var recommendations = topics.pruningRecommendations();
    addIntake(
        SCORES, topics.layerScores(), ScoresCheck.LARGEST_RECORD, window -> window.model().key());
    addIntake(
        EVALUATIONS,
        topics.pruningEvaluations(),
        EvaluationCheck.LARGEST_RECORD,
        evaluation -> evaluation.model().key());
    addIntake(
        REVIEWS,
        topics.pruningReviews(),
        EvaluationCheck.LARGEST_RECORD,
        review -> review.model().key());
    return topology
        .addProcessor(
            RECOMMENDING,
            () -> new Recommending(policy, metrics, retention, deadLetters),
            intake(SCORES),
            intake(EVALUATIONS),
            intake(REVIEWS))
        .addStateStore(
            Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(Recommending.HISTORY),
                    text,
                    topics.layerScores().serde())
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
            intake(SCORES),
            intake(EVALUATIONS),
            intake(REVIEWS),
            RECOMMENDING);
  }

  private <T> void addIntake(String source, Topic<T> topic, int largest, Function<T, String> key) {
    var bytes = Serdes.ByteArray().deserializer();
    topology
        .addSource(source, bytes, bytes, topic.name())
        .addProcessor(
            intake(source),
            () ->
                new RecordIntake<>(
                    new RecordDecoder<>(topic, largest, key), deadLetters, RECOMMENDING, REJECTED),
            source);
  }

  private static String intake(String source) {
    return "intake-" + source;
  }
}
