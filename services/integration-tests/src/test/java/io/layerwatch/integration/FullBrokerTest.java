package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that cannot write any more: its log directory fails in the middle of a summary, and it
 * answers every request with an error until it is started again with room. Requests never notice,
 * and every summary arrives once, in order.
 */
@DisabledOnOs(OS.WINDOWS)
class FullBrokerTest {

  private static final int CAPACITY = 60;

  /** Kafka's index files take 10 MiB at once. */
  private static final int FULL = 11 << 20;

  private static final int ROOM = 100 << 10;
  private static final int BALLAST = 100 << 10;
  private static final Duration PHASE = Duration.ofSeconds(2);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Map<String, String> SETTINGS =
      Map.of(
          InstrumentationSettings.FLUSH_INTERVAL, "200ms",
          InstrumentationSettings.BACKLOG_WINDOW, "1s",
          InstrumentationSettings.BACKLOG_WINDOWS, Integer.toString(CAPACITY),
          CommonSettings.TOPICS_PARTITIONS, "1");

  @TempDir private Path directory;

  private final PublisherCounts publisher = new PublisherCounts(new PrometheusRegistry());

  @Test
  void requestsNeverNoticeAndEverySummaryArrivesOnceThereIsRoom() throws Exception {
    try (BrokerProcess broker = new BrokerProcess(directory)) {
      broker.startWithFilesUpTo(FULL);
      try (Deployment deployment =
              new Deployment(
                  directory, Repository.demoModel(), broker.bootstrapServers(), SETTINGS);
          Instrumentation instance =
              deployment.instrument(Clock.systemUTC(), publisher.registry())) {
        var topic = deployment.topics().activationSummaries();
        ApiClient client = new ApiClient(instance.port());
        Traffic before = serve(client);
        fillUp(broker, topic.name());
        await().atMost(TIMEOUT).until(() -> isFull(broker));
        Traffic full = serve(client);
        await().atMost(TIMEOUT).until(() -> publisher.waitingWindows() > 1);
        long arrivedBefore = publisher.published();
        broker.kill();
        broker.start();

        full.assertAsQuickAs(before);
        await()
            .atMost(TIMEOUT)
            .untilAsserted(() -> assertThat(publisher.published()).isEqualTo(publisher.observed()));
        assertThat(publisher.published()).isGreaterThan(arrivedBefore);
        assertThat(publisher.dropped()).isZero();
        var arrived = PublishedSummaries.read(topic, topic, broker.bootstrapServers());
        arrived.assertInOrderAndOnce();
        assertThat(arrived.tokens()).isEqualTo(publisher.observed());
      }
    }
  }

  private Traffic serve(ApiClient client) {
    return Traffic.serve(client, PHASE, () -> publisher.assertWaitingWindowsAtMost(CAPACITY));
  }

  /** Leaves room for some summaries only. */
  private static void fillUp(BrokerProcess broker, String topic) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      for (long size = logSize(broker, topic); FULL - size > ROOM + BALLAST; size += BALLAST) {
        producer.send(new ProducerRecord<>(topic, "ballast", new byte[BALLAST])).get();
      }
    }
  }

  private static long logSize(BrokerProcess broker, String topic) throws Exception {
    return logDirectories(broker).stream()
        .flatMap(directory -> directory.replicaInfos().entrySet().stream())
        .filter(replica -> replica.getKey().topic().equals(topic))
        .mapToLong(replica -> replica.getValue().size())
        .sum();
  }

  private static boolean isFull(BrokerProcess broker) throws Exception {
    return logDirectories(broker).stream().anyMatch(directory -> directory.error() != null);
  }

  private static Collection<LogDirDescription> logDirectories(BrokerProcess broker)
      throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      return admin.describeLogDirs(List.of(1)).descriptions().get(1).get().values();
    }
  }
}
