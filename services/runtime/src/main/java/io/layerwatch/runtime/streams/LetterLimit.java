package io.layerwatch.runtime.streams;

import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.Topics;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
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
  private static final int TIMEOUT_SECONDS = 10;

  private LetterLimit() {}

  /** Asks the broker, since a topic that existed keeps its own limit. */
  public static int ask(Topics topics, Settings settings) {
    return Math.min(Topics.largestLetter(settings.kafka()), taken(topics, settings));
  }

  private static int taken(Topics topics, Settings settings) {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, topics.rejected().name());
    try (Admin admin = Admin.create(settings.kafka())) {
      return Integer.parseInt(
          admin
              .describeConfigs(List.of(topic))
              .all()
              .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
              .get(topic)
              .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
              .value());
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn(
          "{} does not say how large its records may be, so dead letters are cut to {} bytes",
          topic.name(),
          KAFKA_DEFAULT,
          e);
      return KAFKA_DEFAULT;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return KAFKA_DEFAULT;
    }
  }
}
