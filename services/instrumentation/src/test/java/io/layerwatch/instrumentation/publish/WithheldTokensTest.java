package io.layerwatch.instrumentation.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.Site;
import io.layerwatch.probe.Observation;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of windows of five seconds with fewer than ten tokens. */
class WithheldTokensTest {

  private final SetClock clock = new SetClock();
  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final Topics topics =
      new Topics(
          "layerwatch.",
          Map.of("schema.registry.url", "mock://withheld", "auto.register.schemas", true),
          Duration.ofDays(1));
  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
  private final SummaryPublisher publisher =
      new SummaryPublisher(
          new SummaryPublisher.Source(
              new ModelId("demo", "r1"), new ModelShape(2, 10, 20, 10, 20), "host-1"),
          new SummaryAccumulator(
              clock, Duration.ofSeconds(1), List.of(Site.BLOCK_OUTPUT), Intervals.LADDER, 2),
          new SummaryPublisher.Plan(Duration.ofSeconds(1), Duration.ofSeconds(5), 3, 10),
          topics.activationSummaries(),
          () -> producer,
          metrics);

  @AfterEach
  void close() {
    publisher.close();
    topics.close();
  }

  /** Nothing but the counter tells of them; no summary is missing to a reader. */
  @Test
  void whatIsWithheldIsCountedAndLeavesNoTrace() {
    observe(100, 9);
    at(105);
    await().until(() -> tokens().equals(List.of(0L)));
    observe(105, 10);
    at(110);
    await().until(() -> tokens().equals(List.of(0L, 10L)));

    assertThat(sent()).extracting(ActivationSummary::sequenceNumber).containsExactly(0L, 1L);
    assertThat(sent()).extracting(ActivationSummary::earlierTokens).containsExactly(0L, 0L);
    assertThat(sent().get(0).interval().size()).isEqualTo(Duration.ofSeconds(5));
    assertThat(metric("dropped", "reason", "too_few_tokens")).isEqualTo(2 * 9);
    assertThat(metric("observed")).isEqualTo(2 * 19);
    await().until(() -> metric("published") == 2 * 10);
  }

  @Test
  void closingWithholdsTooFewAndSendsEnough() {
    observe(100, 10);
    observe(101, 3);
    at(105);
    observe(105, 9);

    publisher.close();

    assertThat(tokens()).containsExactly(13L, 0L);
    assertThat(metric("dropped", "reason", "too_few_tokens")).isEqualTo(2 * 9);
    assertThat(metric("published")).isEqualTo(2 * 13);
  }

  private void at(long second) {
    clock.now = Instant.ofEpochSecond(second);
  }

  private void observe(long second, int tokens) {
    at(second);
    publisher.observe(new Observation(Intervals.layers(tokens)));
  }

  /** Of the first layer's summaries. */
  private List<Long> tokens() {
    return sent().stream().map(each -> each.statistics().tokens()).toList();
  }

  private List<ActivationSummary> sent() {
    var topic = topics.activationSummaries();
    return producer.history().stream()
        .map(record -> topic.serde().deserializer().deserialize(topic.name(), record.value()))
        .filter(summary -> summary.layer() == 0)
        .toList();
  }

  private double metric(String name, String... labels) {
    return Metrics.value(metrics, "layerwatch_publisher_" + name + "_layer_tokens", labels);
  }
}
