package io.layerwatch.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.settings.Port;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.Metrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values of Kafka's own registry of metrics, named as its clients name theirs. */
class KafkaMetricsTest {

  private static final String FETCHER = "consumer-fetch-manager-metrics";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Metrics kafka = new Metrics();
  private final KafkaMetrics exported = KafkaMetrics.export(registry, "scorer", kafka::metrics);

  @AfterEach
  void close() {
    exported.close();
    kafka.close();
  }

  @Test
  void lagIsAddedUpOverPartitionsAndThreadsByTopic() {
    lag("thread-1-consumer", "layerwatch.summaries", "0", 5);
    lag("thread-1-consumer", "layerwatch.summaries", "1", 7);
    lag("thread-2-consumer", "layerwatch.summaries", "2", 30);
    lag("thread-2-consumer", "scores", "0", 1);
    String lag = "layerwatch_kafka_consumer_lag_records";
    assertThat(value(lag, "topic", "layerwatch.summaries")).isEqualTo(42);
    assertThat(value(lag, "topic", "scores")).isEqualTo(1);
  }

  @Test
  void aTopicWithDotsIsThereOnce() {
    lag("consumer", "layerwatch.layer-scores", "0", 5);
    // As the consumer does, for those who still look for it under that name.
    lag("consumer", "layerwatch_layer-scores", "0", 5);
    lag("consumer", "other_scores", "0", 5);
    String lag = "layerwatch_kafka_consumer_lag_records";
    assertThat(value(lag, "topic", "layerwatch.layer-scores")).isEqualTo(5);
    assertThat(value(lag, "topic", "layerwatch_layer-scores")).isNaN();
    assertThat(value(lag, "topic", "other_scores")).isEqualTo(5);
  }

  @Test
  void restoringStateIsNoLag() {
    lag("thread-1-restore-consumer", "changelog", "0", 1_000);
    assertThat(registry.scrape()).isEmpty();
  }

  @Test
  void theLargestLagIsThatOfTheClientNotOfEachPartition() {
    set("records-lag-max", FETCHER, Map.of("client-id", "thread-1-consumer"), 12);
    set("records-lag-max", FETCHER, Map.of("client-id", "thread-2-consumer"), 9);
    set(
        "records-lag-max",
        FETCHER,
        Map.of("client-id", "thread-1-consumer", "topic", "scores", "partition", "0"),
        99);
    assertThat(value("layerwatch_kafka_consumer_lag_max_records")).isEqualTo(12);
  }

  @Test
  void whatAThreadThatIsReplacedHadCountedStays() {
    String rebalances = "layerwatch_kafka_consumer_rebalances_total";
    MetricName first = rebalances("thread-1", 3);
    MetricName second = rebalances("thread-2", 4);
    assertThat(value(rebalances)).isEqualTo(7);
    kafka.removeMetric(first);
    rebalances("thread-3", 1);
    assertThat(value(rebalances)).isEqualTo(8);
    kafka.removeMetric(second);
    rebalances("thread-2", 2);
    assertThat(value(rebalances)).isEqualTo(10);
    assertThat(value(rebalances)).isEqualTo(10);
  }

  @Test
  void millisecondsBecomeSeconds() {
    set("commit-latency-avg", "stream-thread-metrics", Map.of("thread-id", "1"), 12);
    set("commit-latency-avg", "stream-thread-metrics", Map.of("thread-id", "2"), 250);
    assertThat(value("layerwatch_kafka_streams_commit_latency_avg_seconds")).isEqualTo(0.25);
  }

  @Test
  void whatIsNotMeasuredIsLeftOut() {
    set("commit-latency-avg", "stream-thread-metrics", Map.of("thread-id", "1"), Double.NaN);
    set("something-else", "stream-thread-metrics", Map.of("thread-id", "1"), 1);
    assertThat(registry.scrape()).isEmpty();
  }

  @Test
  void whatABufferHoldsIsWhatIsNotAvailable() {
    Map<String, String> client = Map.of("client-id", "layerwatch-publisher");
    set("buffer-total-bytes", "producer-metrics", client, 33_554_432);
    set("buffer-available-bytes", "producer-metrics", client, 33_538_048);
    assertThat(value("layerwatch_kafka_producer_buffered_bytes")).isEqualTo(16_384);
  }

  @Test
  void oneStateIsOneAndTheOthersAreZero() {
    state(kafka, "REBALANCING");
    String state = "layerwatch_kafka_streams_state";
    assertThat(value(state, "state", "REBALANCING")).isEqualTo(1);
    assertThat(value(state, "state", "RUNNING")).isZero();
    assertThat(value(state, "state", "ERROR")).isZero();
  }

  @Test
  void servicesOfOneProcessAreSeriesOfTheSameFamilies() throws IOException {
    try (Metrics others = new Metrics()) {
      KafkaMetrics second = KafkaMetrics.export(registry, "recommender", others::metrics);
      state(kafka, "RUNNING");
      state(others, "ERROR");
      String text = scrape();
      assertThat(text)
          .containsOnlyOnce("# TYPE layerwatch_kafka_streams_state gauge")
          .contains("layerwatch_kafka_streams_state{service=\"scorer\",state=\"RUNNING\"} 1.0")
          .contains("layerwatch_kafka_streams_state{service=\"recommender\",state=\"ERROR\"} 1.0");
      exported.close();
      assertThat(scrape()).contains("service=\"recommender\"").doesNotContain("\"scorer\"");
      second.close();
      assertThat(registry.scrape()).isEmpty();
    }
  }

  @Test
  void aScrapeOfOneMetricHasNoOther() {
    lag("consumer", "scores", "0", 5);
    state(kafka, "RUNNING");
    String lag = "layerwatch_kafka_consumer_lag_records";
    assertThat(registry.scrape(lag::equals))
        .extracting(snapshot -> snapshot.getMetadata().getPrometheusName())
        .containsExactly(lag);
    assertThat(registry.scrape("layerwatch_kafka_streams_state"::equals)).hasSize(1);
  }

  @Test
  void kafkaIsNotAskedForWhatIsNotItsOwn() {
    KafkaMetrics unasked =
        KafkaMetrics.export(
            new PrometheusRegistry(),
            "scorer",
            () -> {
              throw new AssertionError("asked");
            });
    assertThat(unasked.collect("another"::equals)).isEmpty();
  }

  private void lag(String client, String topic, String partition, double records) {
    set(
        "records-lag",
        FETCHER,
        Map.of("client-id", client, "topic", topic, "partition", partition),
        records);
  }

  private MetricName rebalances(String client, double count) {
    return set(
        "rebalance-total", "consumer-coordinator-metrics", Map.of("client-id", client), count);
  }

  private MetricName set(String name, String group, Map<String, String> tags, double value) {
    MetricName metric = kafka.metricName(name, group, "", tags);
    kafka.addMetric(metric, (Gauge<Double>) (config, now) -> value);
    return metric;
  }

  private static void state(Metrics metrics, String state) {
    metrics.addMetric(
        metrics.metricName("state", "stream-metrics", "", Map.of("client-id", "id")),
        (Gauge<String>) (config, now) -> state);
  }

  private double value(String name, String... labels) {
    String[] all = new String[labels.length + 2];
    System.arraycopy(labels, 0, all, 2, labels.length);
    all[0] = "service";
    all[1] = "scorer";
    return io.layerwatch.runtime.testing.Metrics.value(registry, name, all);
  }

  private String scrape() throws IOException {
    try (AdminServer admin = AdminServer.start("127.0.0.1", Port.ANY, registry, new Health());
        var body =
            URI.create("http://127.0.0.1:" + admin.port() + "/metrics").toURL().openStream()) {
      return new String(body.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }
}
