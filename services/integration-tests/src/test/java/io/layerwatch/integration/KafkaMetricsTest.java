package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.verify.VerifierSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.testing.Metrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the services export about their Kafka clients, on a real broker. */
class KafkaMetricsTest {

  private static final int BACKLOG = 2_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String SUMMARIES = "layerwatch.activation-summaries";

  @TempDir private Path directory;

  private final PrometheusRegistry registry = new PrometheusRegistry();

  @Test
  void aBacklogIsSeenUntilItIsRead() throws Exception {
    Map<String, String> slow =
        Map.of(CommonSettings.TOPICS_PARTITIONS, "2", "kafka.max.poll.records", "1");
    try (Deployment deployment = new Deployment(directory, Repository.demoModel(), slow)) {
      leaveBehind(deployment);
      deployment.score(registry);
      await()
          .atMost(TIMEOUT)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> scorer("consumer_lag_records", "topic", SUMMARIES) > 0);
      await().atMost(TIMEOUT).until(() -> scorer("consumer_lag_records", "topic", SUMMARIES) == 0);
      assertThat(scorer("consumer_consumed_records_total", "topic", SUMMARIES)).isEqualTo(BACKLOG);
      assertThat(scorer("consumer_lag_max_records")).isBetween(1.0, (double) BACKLOG);
      await().until(() -> scorer("streams_state", "state", "RUNNING") == 1);
      assertThat(scorer("streams_state", "state", "REBALANCING")).isZero();
      assertThat(scorer("streams_alive_threads")).isGreaterThanOrEqualTo(1);
      assertThat(scorer("streams_failed_threads_total")).isZero();
      assertThat(scorer("streams_dropped_records_total")).isZero();
      assertThat(scorer("consumer_rebalances_total")).isGreaterThanOrEqualTo(1);
      await().until(() -> scorer("streams_commit_latency_avg_seconds") > 0);
      assertThat(scorer("streams_commit_latency_max_seconds"))
          .isBetween(scorer("streams_commit_latency_avg_seconds"), 60.0);
      assertThat(scorer("producer_record_errors_total")).isZero();
      assertThat(scorer("producer_record_retries_total")).isNotNegative();
      // Once all is committed, nothing is on its way.
      await().until(() -> scorer("producer_buffered_bytes") == 0);
      assertThat(scorer("producer_buffer_wait_ratio")).isBetween(0.0, 1.0);
      assertThat(exported().lines().filter(line -> !line.startsWith("#")))
          .as(exported())
          .hasSizeLessThan(30);
    }
    assertThat(exported()).isEmpty();
  }

  @Test
  void servicesOfOneProcessAreToldApart() {
    Path texts = Repository.demoModel().resolveSibling("evaluation.jsonl");
    Map<String, String> verifying = Map.of(VerifierSettings.DATA, texts.toString());
    try (Deployment deployment = new Deployment(directory, Repository.demoModel(), verifying)) {
      deployment.score(registry);
      deployment.recommend("recommender", registry, deployment.health);
      Instrumentation instrumentation = deployment.instrument(Clock.systemUTC(), registry);
      ObjectNode request = ApiClient.JSON.createObjectNode().put("prompt", "First Citizen:");
      new ApiClient(instrumentation.port()).complete(request);
      for (String service : List.of("scorer", "recommender", "instrumentation", "verifier")) {
        await()
            .atMost(TIMEOUT)
            .until(() -> value("producer_record_errors_total", "service", service) == 0);
      }
      for (String service : List.of("scorer", "recommender")) {
        await()
            .atMost(TIMEOUT)
            .until(() -> value("streams_state", "service", service, "state", "RUNNING") == 1);
      }
      await()
          .atMost(TIMEOUT)
          .until(() -> value("consumer_rebalances_total", "service", "verifier") == 1);
      assertThat(exported()).containsOnlyOnce("# TYPE layerwatch_kafka_streams_state gauge");
    }
    assertThat(exported()).isEmpty();
  }

  /** Records that the scorer reads as any others, and sets aside. */
  private static void leaveBehind(Deployment deployment) throws Exception {
    try (RawRecords raw = new RawRecords(deployment.settings().kafka(), deployment.topics())) {
      List<Future<RecordMetadata>> sent =
          IntStream.range(0, BACKLOG)
              .mapToObj(i -> Integer.toString(i).getBytes(StandardCharsets.UTF_8))
              .map(number -> raw.send(number, number))
              .toList();
      for (Future<RecordMetadata> each : sent) {
        each.get();
      }
    }
  }

  private double scorer(String name) {
    return value(name, "service", "scorer");
  }

  private double scorer(String name, String label, String value) {
    return value(name, "service", "scorer", label, value);
  }

  private double value(String name, String... labels) {
    return Metrics.value(registry, "layerwatch_kafka_" + name, labels);
  }

  /** The lines of a scrape that are about Kafka. */
  private String exported() {
    return String.join(
        "\n",
        ScrapedText.of(registry)
            .lines()
            .lines()
            .filter(line -> line.contains("layerwatch_kafka_"))
            .toList());
  }
}
