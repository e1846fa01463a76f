package io.layerwatch.runtime.streams;

import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.process.StartException;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running topology: exactly once, ready when Kafka Streams is RUNNING. A thread that dies of
 * something that passes (a broker or registry that is away) is replaced after a moment; a defect of
 * ours or a missing permission stops the service, and the process with it.
 */
public final class StreamsService implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StreamsService.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration PAUSE_BEFORE_REPLACEMENT = Duration.ofSeconds(1);

  /** Another process takes over at once, not after the session timeout. */
  private static final CloseOptions CLOSE =
      CloseOptions.timeout(CLOSE_TIMEOUT)
          .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP);

  private final KafkaStreams streams;

  private StreamsService(KafkaStreams streams) {
    this.streams = streams;
  }

  /** Starts the topology under that application id; returns at once. */
  public static StreamsService start(
      String applicationId,
      Topology topology,
      Settings settings,
      Map<String, Object> defaults,
      Restoring restoring,
      Health health) {
    Properties properties = new Properties();
    properties.putAll(config(applicationId, settings, defaults));
    KafkaStreams streams = new KafkaStreams(topology, properties);
    streams.setUncaughtExceptionHandler(
        thrown -> {
          StreamThreadExceptionResponse response = respond(thrown);
          if (response == StreamThreadExceptionResponse.SHUTDOWN_CLIENT) {
            health.fail(applicationId + " stopped, since a new thread would fail in the same way");
          } else {
            LockSupport.parkNanos(PAUSE_BEFORE_REPLACEMENT.toNanos());
          }
          return response;
        });
    streams.setGlobalStateRestoreListener(restoring);
    streams.setStateListener(
        (now, before) -> LOG.debug("{} went from {} to {}", applicationId, before, now));
    health.addCheck(
        applicationId,
        () ->
            streams.state() == State.RUNNING
                ? Optional.empty()
                : Optional.of("Kafka Streams is " + streams.state()));
    try {
      streams.start();
    } catch (RuntimeException e) {
      streams.close(Duration.ZERO);
      throw new StartException(applicationId + " cannot start: " + e.getMessage(), e);
    }
    return new StreamsService(streams);
  }

  /**
   * What the settings may not ask of Kafka Streams. Processing at least once would count tokens
   * twice after a crash, and nobody could tell them from traffic.
   */
  public static List<String> problems(Settings settings) {
    Object guarantee =
        settings
            .kafka()
            .getOrDefault(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    return guarantee.equals(StreamsConfig.EXACTLY_ONCE_V2)
        ? List.of()
        : List.of(
            "kafka.processing.guarantee: expected exactly_once_v2, got \"" + guarantee + "\"");
  }

  private static Map<String, Object> config(
      String applicationId, Settings settings, Map<String, Object> defaults) {
    Map<String, Object> config = new HashMap<>();
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    // A first start reads what was published before it.
    config.put("auto.offset.reset", "earliest");
    config.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, RecordTime.class);
    // A dead letter is larger than the record that it holds.
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.largestLetter(settings.kafka()));
    config.putAll(defaults);
    config.putAll(settings.kafka());
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    return config;
  }

  /** What may pass is tried again; what would only repeat itself stops the service. */
  static StreamThreadExceptionResponse respond(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      if (root instanceof AuthorizationException) {
        break;
      }
      root = root.getCause();
    }
    boolean defect = root instanceof RuntimeException && !(root instanceof KafkaException);
    if (defect || root instanceof AuthorizationException || root instanceof Error) {
      LOG.error("stopping, since a new thread would fail in the same way: {}", root, thrown);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    LOG.warn("a stream thread failed and is replaced", thrown);
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  public State state() {
    return streams.state();
  }

  /** What Kafka Streams and its clients measure now. */
  public Map<MetricName, ? extends Metric> metrics() {
    return streams.metrics();
  }

  @Override
  public void close() {
    if (!streams.close(CLOSE)) {
      LOG.warn("Kafka Streams did not close within {}", CLOSE_TIMEOUT);
    }
  }
}
