package io.layerwatch.runtime.streams;

import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How large a dead letter may be: what both the producer sends and the topic takes. One that is
 * larger would stop the stream, again and again at the same record.
 */
public final class LetterLimit {

  /** The least of Kafka's defaults: max.request.size. */
  private static final int KAFKA_DEFAULT = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(LetterLimit.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long RETRY_MILLIS = 100;

  private LetterLimit() {}

  /** Asks the broker, since a topic that existed keeps its own limit. */
  public static int ask(Topics topics, Settings settings) {
    return Math.min(Topics.largestLetter(settings.kafka()), taken(topics, settings));
  }

  private static int taken(Topics topics, Settings settings) {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, topics.rejected().name());
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    try (Admin admin = Admin.create(settings.kafka())) {
      while (true) {
        try {
          return taken(topic, admin);
        } catch (ExecutionException e) {
          // A broker may not have heard yet of a topic that was just created.
          boolean wait = e.getCause() instanceof UnknownTopicOrPartitionException;
          if (!wait || System.nanoTime() > deadline) {
            return assumed(topic, e);
          }
          Thread.sleep(RETRY_MILLIS);
        }
      }
    } catch (TimeoutException e) {
      return assumed(topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return assumed(topic, e);
    }
  }

  private static int taken(ConfigResource topic, Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    return Integer.parseInt(
        admin
            .describeConfigs(List.of(topic))
            .all()
            .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
            .get(topic)
            .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
            .value());
  }

  private static int assumed(ConfigResource topic, Exception unknown) {
    LOG.warn(
        "{} does not say how large its records may be, so dead letters are cut to {} bytes",
        topic.name(),
        KAFKA_DEFAULT,
        unknown);
    return KAFKA_DEFAULT;
  }
}
