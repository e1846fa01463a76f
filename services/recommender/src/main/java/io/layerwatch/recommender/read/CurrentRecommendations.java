package io.layerwatch.recommender.read;

import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current recommendation of every model, whichever process publishes it, kept up to date by a
 * thread that reads the topic. While Kafka or the registry is away it stays what was last known.
 */
public final class CurrentRecommendations implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CurrentRecommendations.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long PAUSE_SECONDS = 1;
  private static final long CLOSE_MILLIS = 500;

  private final Topics topics;
  private final Map<String, Object> kafka;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "layerwatch-recommendations");
  private volatile Optional<SortedMap<String, PruningRecommendation>> known = Optional.empty();

  private CurrentRecommendations(Topics topics, Map<String, Object> kafka) {
    this.topics = topics;
    this.kafka = kafka;
  }

  /** Starts reading; the process is ready once all that is there was read. */
  public static CurrentRecommendations start(
      Topics topics, Map<String, Object> kafka, Health health) {
    CurrentRecommendations current = new CurrentRecommendations(topics, kafka);
    health.addCheck(
        "recommendations",
        () -> current.known.isPresent() ? Optional.empty() : Optional.of("not read yet"));
    current.thread.setDaemon(true);
    current.thread.start();
    return current;
  }

  /** By the model's key; nothing until all that was there at the start was read. */
  Optional<SortedMap<String, PruningRecommendation>> known() {
    return known;
  }

  private void run() {
    try {
      do {
        follow();
      } while (!closing.await(PAUSE_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptException | InterruptedException e) {
      LOG.debug("recommendations are read no more");
    }
  }

  /** Reads until that fails. */
  private void follow() {
    try (RecommendationReader reader = RecommendationReader.open(topics, kafka, PATIENCE)) {
      reader.readToEnd();
      publish(reader);
      while (closing.getCount() > 0) {
        if (reader.poll(recommendation -> {})) {
          publish(reader);
        }
      }
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      report(e);
    }
  }

  /** Whatever fails while a stop is under way fails because of it. */
  private void report(RuntimeException failure) {
    if (closing.getCount() == 0) {
      LOG.debug("recommendations are read no more", failure);
    } else if (failure instanceof ReadingException) {
      LOG.warn("recommendations cannot be read, trying again: {}", failure.getMessage());
    } else {
      LOG.warn("recommendations cannot be read, trying again", failure);
    }
  }

  private void publish(RecommendationReader reader) {
    known = Optional.of(Collections.unmodifiableSortedMap(new TreeMap<>(reader.current())));
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join(CLOSE_MILLIS);
      // It may be waiting for a broker that is away.
      thread.interrupt();
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
