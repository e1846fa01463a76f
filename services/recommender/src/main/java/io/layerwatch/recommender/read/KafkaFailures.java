package io.layerwatch.recommender.read;

import io.layerwatch.runtime.topics.ConnectionFailure;
import io.layerwatch.runtime.topics.Topics;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;

/** What Kafka's clients throw, in one sentence each for an operator. */
final class KafkaFailures {

  private final String brokers;
  private final String registry;

  KafkaFailures(Topics topics, Map<String, Object> kafka) {
    brokers = String.valueOf(kafka.get("bootstrap.servers"));
    registry = topics.registryUrl();
  }

  /** Where both are, for people. */
  String addresses() {
    return "Kafka at " + brokers + " and the schema registry at " + registry;
  }

  /** Asks, and throws a {@link ReadingException} where Kafka or the registry fails. */
  <T> T explain(Supplier<T> question) {
    try {
      return question.get();
    } catch (InterruptException e) {
      throw e;
    } catch (TimeoutException e) {
      throw new UnansweredException(
          "Kafka at " + brokers + " does not answer: " + e.getMessage() + "; is it running?", e);
    } catch (SerializationException e) {
      Optional<String> refusal = ConnectionFailure.ofRegistry(registry, e);
      if (refusal.isPresent()) {
        throw new ReadingException(refusal.get(), e);
      }
      throw new UnansweredException(
          "the schema registry at "
              + registry
              + " does not answer: "
              + ConnectionFailure.rootMessage(e),
          e);
    } catch (KafkaException e) {
      throw new ReadingException(
          ConnectionFailure.ofKafka(brokers, e)
              .orElseGet(
                  () -> "Kafka at " + brokers + " fails: " + ConnectionFailure.rootMessage(e)),
          e);
    }
  }

  /** It answered before, and does no more. */
  ReadingException silence() {
    return new UnansweredException("Kafka at " + brokers + " stopped answering");
  }
}
