package io.layerwatch.instrumentation.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.probe.Observation;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What becomes of summaries when Kafka refuses them. Kafka's own mock of its producer, since a
 * broker cannot be made to fail at a given record; a real one is stopped in the integration tests.
 */
class SummaryPublisherTest {

  private static final double[] LADDER = {0.01};

  private final SetClock clock = new SetClock();
  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final Topics topics =
      new Topics(
          "layerwatch.",
          Map.of("schema.registry.url", "mock://publisher", "auto.register.schemas", true),
          Duration.ofDays(1));
  private final SummaryAccumulator accumulator =
      new SummaryAccumulator(clock, Duration.ofSeconds(1), List.of(Site.BLOCK_OUTPUT), LADDER, 2);
  private final List<MockProducer<String, byte[]>> producers = new CopyOnWriteArrayList<>();
  private volatile RuntimeException refusal;
  private volatile boolean answering = true;
  private final AtomicInteger accepted = new AtomicInteger(Integer.MAX_VALUE);
  private volatile boolean hanging;
  private final CountDownLatch hangs = new CountDownLatch(1);
  private final SummaryPublisher publisher =
      new SummaryPublisher(
          new SummaryPublisher.Source(
              new ModelId("demo", "r1"), new ModelShape(2, 10, 20, 10, 20), "host-1"),
          accumulator,
          new SummaryPublisher.Plan(Duration.ofSeconds(1), Duration.ofSeconds(5), 3, 1),
          topics.activationSummaries(),
          this::newProducer,
          metrics);

  private Producer<String, byte[]> newProducer() {
    if (hanging) {
      hangs.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
    var producer =
        new MockProducer<>(answering, null, new StringSerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(
              ProducerRecord<String, byte[]> summary, Callback answer) {
            if (accepted.getAndDecrement() > 0) {
              return super.send(summary, answer);
            }
            // As Kafka's own does when it has forgotten where to send, after waiting.
            TimeoutException forgotten = new TimeoutException("not present in metadata");
            answer.onCompletion(null, forgotten);
            return CompletableFuture.failedFuture(forgotten);
          }
        };
    producer.partitionsForException = refusal;
    producers.add(producer);
    return producer;
  }

  @AfterEach
  void close() {
    publisher.close();
    topics.close();
  }

  @Test
  void everyIntervalHasTheNextNumberAndSaysWhatWasEarlier() {
    observe(100, 3);
    at(101);
    awaitSent(2);
    observe(101, 4);
    at(102);
    awaitSent(4);
    at(103);
    awaitSent(6);

    List<ActivationSummary> firstLayer = sent(0);
    assertThat(firstLayer)
        .extracting(ActivationSummary::sequenceNumber)
        .containsExactly(0L, 1L, 2L);
    assertThat(firstLayer).extracting(ActivationSummary::earlierTokens).containsExactly(0L, 3L, 7L);
    assertThat(firstLayer)
        .extracting(each -> each.statistics().tokens())
        .containsExactly(3L, 4L, 0L);
    assertThat(published()).isEqualTo(14);
  }

  @Test
  void whateverKeepsKafkaFromBeingReachedSummariesWait() {
    refuse(new InvalidTopicException("layerwatch.activation-summaries"));
    observe(100, 3);
    at(101);
    await().until(() -> metric("layerwatch_publisher_waiting_windows") == 1);
    refuse(new TopicAuthorizationException("layerwatch.activation-summaries"));
    observe(101, 4);
    at(102);
    assertThat(published()).isZero();

    refuse(null);

    awaitSent(2);
    assertThat(sent(0)).extracting(each -> each.statistics().tokens()).containsExactly(7L);
    await().until(() -> published() == 14);
    assertThat(observed()).isEqualTo(14);
  }

  @Test
  void whatIsGivenUpLeavesAGapInTheNumbers() {
    refuse(new TopicAuthorizationException("layerwatch.activation-summaries"));
    for (int window = 0; window < 5; window++) {
      observe(100 + 5 * window, 1 + window);
      at(105 + 5 * window);
    }
    // Three windows may wait: the first two are given up.
    await().until(() -> dropped("backlog_full") == 2 * (1 + 2));

    refuse(null);

    awaitSent(6);
    assertThat(sent(1)).extracting(ActivationSummary::sequenceNumber).containsExactly(2L, 3L, 4L);
    assertThat(sent(1)).extracting(ActivationSummary::earlierTokens).containsExactly(3L, 6L, 10L);
    await().until(() -> published() + dropped("backlog_full") == observed());
  }

  @Test
  void aSummaryThatKafkaRefusesIsCountedAndTheNextOnesAreSent() {
    answering = false;
    observe(100, 3);
    at(101);
    await().until(() -> producers.size() == 1 && producers.get(0).history().size() == 2);
    answering = true;
    producers.get(0).completeNext();
    producers.get(0).errorNext(new TopicAuthorizationException("layerwatch.activation-summaries"));
    observe(101, 4);
    at(102);

    await().until(() -> published() == 3 + 8);
    assertThat(dropped("refused")).isEqualTo(3);
    assertThat(producers).as("a producer that failed is replaced").hasSize(2);
    assertThat(producers.get(0).closed()).isTrue();
  }

  @Test
  void aProducerThatForgetsWhereToSendTakesTheRestOfTheIntervalLater() {
    accepted.set(1);
    observe(100, 3);
    at(101);
    awaitSent(1);
    observe(101, 4);
    at(102);
    await().until(() -> metric("layerwatch_publisher_waiting_windows") == 1);
    assertThat(dropped("refused")).isZero();

    accepted.set(Integer.MAX_VALUE);

    awaitSent(4);
    assertThat(sent(0)).extracting(ActivationSummary::sequenceNumber).containsExactly(0L, 1L);
    assertThat(sent(1)).extracting(ActivationSummary::sequenceNumber).containsExactly(0L, 1L);
    await().until(() -> published() == observed());
    assertThat(producers).hasSize(1);
  }

  @Test
  void closingCountsTheRestOfAnIntervalThatWasSentInPart() {
    accepted.set(1);
    observe(100, 3);
    at(101);
    awaitSent(1);

    publisher.close();

    assertThat(published()).isEqualTo(3);
    assertThat(dropped("shutdown")).isEqualTo(3);
  }

  @Test
  void closingSendsEverythingThatWaits() {
    refuse(new TopicAuthorizationException("layerwatch.activation-summaries"));
    for (int window = 0; window < 2; window++) {
      observe(100 + 5 * window, 10);
      at(105 + 5 * window);
    }
    await().until(() -> metric("layerwatch_publisher_waiting_windows") == 2);
    observe(110, 1);
    refuse(null);

    publisher.close();

    assertThat(published()).isEqualTo(observed()).isEqualTo(42);
  }

  @Test
  void closingCountsWhatCannotBeSent() {
    refuse(new TopicAuthorizationException("layerwatch.activation-summaries"));
    observe(100, 10);
    at(105);
    observe(105, 5);

    publisher.close();

    assertThat(dropped("shutdown")).isEqualTo(observed()).isEqualTo(30);
  }

  @Test
  void closingCountsWhatNobodyConfirmed() {
    answering = false;
    observe(100, 10);
    at(101);
    await().until(() -> producers.size() == 1 && producers.get(0).history().size() == 2);
    observe(101, 5);

    publisher.close();

    assertThat(dropped("unconfirmed")).isEqualTo(20);
    assertThat(dropped("shutdown")).isEqualTo(10);
    assertThat(published()).isZero();
  }

  @Test
  void whatIsObservedAfterTheEndIsCounted() {
    publisher.close();

    observe(101, 3);

    assertThat(dropped("shutdown")).isEqualTo(observed()).isEqualTo(6);
  }

  @Test
  void closingLeavesNoProducerBehind() {
    answering = false;
    observe(100, 10);
    at(101);
    await().until(() -> producers.size() == 1 && producers.get(0).history().size() == 2);
    var closing = CompletableFuture.runAsync(publisher::close);
    await()
        .until(
            () -> {
              observe(101, 1);
              return dropped("shutdown") > 0;
            });
    // Intervals that end while the drain still waits for an answer.
    at(110);

    closing.join();

    assertThat(producers).hasSize(1).allMatch(MockProducer::closed);
  }

  @Test
  @Timeout(10)
  void observingWaitsForNobodyWhileNothingAnswers() throws Exception {
    hanging = true;
    at(101);
    await().until(() -> hangs.getCount() == 0);

    CompletableFuture.runAsync(() -> observe(101, 5)).get(2, TimeUnit.SECONDS);

    assertThat(observed()).isEqualTo(10);
  }

  @Test
  void closingCountsWhatWaitsWhileNothingAnswers() {
    hanging = true;
    observe(100, 10);
    at(101);
    await().until(() -> hangs.getCount() == 0);
    observe(101, 5);
    long start = System.nanoTime();

    publisher.close();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    await().untilAsserted(() -> assertThat(dropped("shutdown")).isEqualTo(30));
  }

  private void refuse(RuntimeException reason) {
    refusal = reason;
    producers.forEach(producer -> producer.partitionsForException = reason);
  }

  private void at(long second) {
    clock.now = Instant.ofEpochSecond(second);
  }

  /** Both layers see so many tokens of one unit each. */
  private void observe(long second, int tokens) {
    at(second);
    double[] values = new double[tokens];
    LayerStatistics statistics =
        new LayerStatistics(
            tokens, 1, Moments.of(values), 0, NearZeroLadder.of(LADDER, values), 0, tokens);
    publisher.observe(new Observation(Map.of(Site.BLOCK_OUTPUT, List.of(statistics, statistics))));
  }

  private void awaitSent(int summaries) {
    await().until(() -> !producers.isEmpty() && all().size() == summaries);
  }

  private List<ActivationSummary> sent(int layer) {
    return all().stream().filter(summary -> summary.layer() == layer).toList();
  }

  private List<ActivationSummary> all() {
    var topic = topics.activationSummaries();
    return producers.stream()
        .flatMap(producer -> producer.history().stream())
        .map(record -> topic.serde().deserializer().deserialize(topic.name(), record.value()))
        .toList();
  }

  private double observed() {
    return metric("layerwatch_publisher_observed_layer_tokens");
  }

  private double published() {
    return metric("layerwatch_publisher_published_layer_tokens");
  }

  private double dropped(String reason) {
    return metric("layerwatch_publisher_dropped_layer_tokens", "reason", reason);
  }

  private double metric(String name, String... labels) {
    return Metrics.value(metrics, name, labels);
  }
}
