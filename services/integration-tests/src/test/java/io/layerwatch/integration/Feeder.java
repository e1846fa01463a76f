package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.integration.KnownTraffic.Source;
import io.layerwatch.runtime.topics.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes summaries of known traffic as fast as asked, all instances in step. */
final class Feeder implements AutoCloseable {

  private static final long PAUSE_MILLIS = 40;

  private final KnownTraffic traffic;
  private final Topic<ActivationSummary> topic;
  private final KafkaProducer<String, byte[]> producer;
  private final Map<Source, Long> earlierTokens = new HashMap<>();
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final ScheduledFuture<?> ticking;
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();
  private final AtomicLong due = new AtomicLong();
  private final AtomicLong published = new AtomicLong();

  Feeder(KnownTraffic traffic, KnownDeployment deployment) {
    this.traffic = traffic;
    this.topic = deployment.topics.activationSummaries();
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                deployment.kafka.bootstrapServers(),
                "enable.idempotence",
                true,
                "acks",
                "all"),
            new StringSerializer(),
            new ByteArraySerializer());
    ticking =
        thread.scheduleWithFixedDelay(
            this::publishDue, PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Has the next windows published, an interval at a time; returns at once. */
  void publish(int windows) {
    due.addAndGet(windows * (KnownTraffic.WINDOW.toMillis() / KnownTraffic.INTERVAL.toMillis()));
  }

  /** Waits until all that was asked for is published. */
  void awaitPublished() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> ticking.isDone() || published.get() == due.get());
    assertThat(ticking.isDone()).as("publishing failed").isFalse();
  }

  private void publishDue() {
    if (published.get() < due.get()) {
      publishInterval(published.get());
      producer.flush();
      sent.forEach(Feeder::requireTaken);
      sent.clear();
      published.incrementAndGet();
    }
  }

  private static void requireTaken(Future<RecordMetadata> record) {
    try {
      record.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void publishInterval(long number) {
    Instant start = traffic.start.plus(KnownTraffic.INTERVAL.multipliedBy(number));
    for (Source source : KnownTraffic.sources()) {
      Map<Site, List<LayerStatistics>> observed = traffic.observe(source, start);
      long earlier = earlierTokens.getOrDefault(source, 0L);
      observed.forEach(
          (site, layers) -> {
            for (int layer = 0; layer < layers.size(); layer++) {
              send(source, site, layer, number, earlier, start, layers.get(layer));
            }
          });
      earlierTokens.put(source, earlier + observed.get(Site.BLOCK_OUTPUT).get(0).tokens());
    }
  }

  private void send(
      Source source,
      Site site,
      int layer,
      long number,
      long earlier,
      Instant start,
      LayerStatistics seen) {
    ActivationSummary summary =
        new ActivationSummary(
            source.model(),
            source.shape(),
            site.id(),
            layer,
            source.instance(),
            number,
            earlier,
            TimeWindow.of(start, KnownTraffic.INTERVAL),
            seen);
    byte[] value = topic.serde().serializer().serialize(topic.name(), summary);
    sent.add(
        producer.send(
            new ProducerRecord<>(
                topic.name(), null, start.toEpochMilli(), source.model().key(), value)));
  }

  @Override
  public void close() {
    thread.shutdownNow();
    producer.close(Duration.ZERO);
  }
}
