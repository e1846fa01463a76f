package io.layerwatch.recommender.read;

import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.PruningReview;
import io.layerwatch.analysis.pruning.PruningReview.Decision;
import io.layerwatch.analysis.pruning.PruningVerdict;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Discarded;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** One review on its way to the recommender, and the recommendation that comes back. */
final class Reviewing {

  private final Topics topics;
  private final Map<String, Object> kafka;
  private final RecommendationReader reader;
  private final KafkaFailures failures;

  Reviewing(Topics topics, Map<String, Object> kafka, RecommendationReader reader) {
    this.topics = topics;
    this.kafka = kafka;
    this.reader = reader;
    this.failures = new KafkaFailures(topics, kafka);
  }

  /** Refuses what the recommender would pass over, by the recommender's own rule. */
  void check(PruningRecommendation current, PruningReview review) {
    RecommendationState state = current.state();
    if (PruningVerdict.of(state, review) instanceof PruningVerdict.Unchanged unchanged) {
      String verb = review.decision() == Decision.APPROVED ? "approved" : "discarded";
      throw new ReadingException(
          current.model()
              + ": "
              + switch (unchanged.reason()) {
                case NOTHING_PROPOSED, KNOWN -> "nothing stands that could be " + verb;
                case OTHER_LAYERS ->
                    "--layers: expected those of the recommendation, "
                        + state.layers()
                        + ", got "
                        + review.layers();
                case NOT_VERIFIED -> "only what was verified can be approved";
              }
              + "; "
              + state.describe());
    }
  }

  /** Returns once the broker has it. */
  void send(PruningReview review) {
    Topic<PruningReview> topic = topics.pruningReviews();
    Map<String, Object> config = new HashMap<>(kafka);
    config.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, 30_000);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    failures.explain(
        () -> {
          byte[] value = topic.serde().serializer().serialize(topic.name(), review);
          Producer<String, byte[]> producer =
              new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
          try {
            return producer
                .send(new ProducerRecord<>(topic.name(), review.model().key(), value))
                .get();
          } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause
                ? cause
                : new KafkaException(e.getCause());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReadingException("interrupted while the review was sent", e);
          } finally {
            producer.close(Duration.ofSeconds(1));
          }
        });
  }

  /** Waits for the record that names the review. Another one may come before it, and after it. */
  Optional<PruningRecommendation> await(PruningReview review, Waiting waiting) {
    AtomicReference<Optional<PruningRecommendation>> reviewed =
        new AtomicReference<>(Optional.empty());
    while (reviewed.get().isEmpty() && !waiting.isOver()) {
      reader.poll(
          recommendation -> {
            if (names(recommendation.state(), review)) {
              reviewed.set(Optional.of(recommendation));
            }
          });
    }
    return reviewed.get();
  }

  private static boolean names(RecommendationState state, PruningReview review) {
    return state instanceof Verified verified
        ? verified.approval().equals(Optional.of(review))
        : state instanceof Discarded discarded && discarded.review().equals(review);
  }

  /** Says that the record did not come in time. */
  ReadingException late(PruningReview review, Duration timeout) {
    String key = review.model().key();
    return new ReadingException(
        key
            + ": no recommender took the review up within "
            + Waiting.seconds(timeout)
            + "; it stays on "
            + topics.pruningReviews().name()
            + ", and where the advice stands is: "
            + Optional.ofNullable(reader.current().get(key))
                .map(recommendation -> recommendation.state().describe())
                .orElse("nowhere"));
  }
}
