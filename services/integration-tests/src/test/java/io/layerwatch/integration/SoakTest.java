package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.integration.SoakClient.Manners;
import io.layerwatch.integration.SoakClient.Until;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.settings.Durations;
import io.layerwatch.runtime.testing.Metrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * All at once, for a while: more clients than there is room for, good ones and rude ones, and a
 * broker that is killed and comes back. No good request fails, nothing is left open, every token
 * that was observed arrives once, and the service stops in order while it is still being asked.
 *
 * <p>{@code -Dlayerwatch.soak=10m} makes it last; {@code -Dlayerwatch.soak.seed=1} draws as before.
 */
@DisabledOnOs(OS.WINDOWS)
class SoakTest {

  private static final Duration LENGTH =
      Durations.parse(System.getProperty("layerwatch.soak", "20s")).orElseThrow();
  private static final long SEED = Long.getLong("layerwatch.soak.seed", System.nanoTime());
  private static final int CLIENTS = 16;
  private static final int OUTAGES = 2;
  private static final int BODY_LIMIT = 1 << 16;
  private static final int CAPACITY = 3_600;
  private static final Duration RECEIVE_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Map<String, String> SETTINGS =
      Map.of(
          InstrumentationSettings.FLUSH_INTERVAL,
          "200ms",
          InstrumentationSettings.BACKLOG_WINDOW,
          "1s",
          InstrumentationSettings.BACKLOG_WINDOWS,
          Integer.toString(CAPACITY),
          InstrumentationSettings.QUEUE,
          "6",
          InstrumentationSettings.BODY_LIMIT,
          Integer.toString(BODY_LIMIT),
          InstrumentationSettings.RECEIVE_TIMEOUT,
          RECEIVE_TIMEOUT.toMillis() + "ms",
          InstrumentationSettings.DRAIN,
          DRAIN.toMillis() + "ms");

  @TempDir private Path directory;

  private final PublisherCounts publisher = new PublisherCounts(new PrometheusRegistry());
  private final SoakTally tally = new SoakTally();
  private final SoakMemory memory = new SoakMemory();
  private final AtomicLong mostWaiting = new AtomicLong();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Test
  void noGoodRequestFailsNothingLeaksAndTheStopIsOrderly() throws Exception {
    System.out.println("soak for " + LENGTH + " with seed " + SEED);
    try (BrokerProcess broker = new BrokerProcess(directory)) {
      broker.start();
      Path model = KnownAnswers.model(directory);
      try (Deployment deployment =
          new Deployment(directory, model, broker.bootstrapServers(), SETTINGS)) {
        Set<String> threads = ourThreads();
        Instrumentation instance = deployment.instrument(Clock.systemUTC(), publisher.registry());
        KnownAnswers answers = KnownAnswers.ask(new ApiClient(instance.port()));
        double arrays = arrays();
        memory.look("start", arrays);

        int outages = soak(broker, instance.port(), answers);
        assertQuiet(arrays);
        await()
            .atMost(TIMEOUT)
            .untilAsserted(() -> assertThat(publisher.published()).isEqualTo(publisher.observed()));
        assertThat(publisher.dropped()).isZero();
        Duration stop = stopUnderLoad(instance, answers);

        report(outages, stop);
        assertNothingFailed();
        assertThat(batches()).isPositive();
        assertThat(stop).isLessThan(Lifecycle.CLOSE_WITHIN.plus(DRAIN));
        assertThat(arrays()).isZero();
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(ourThreads()).isSubsetOf(threads));
        assertLedger(deployment, broker);
      }
    }
  }

  /** Lets clients and broker loose; returns how often the broker was gone. */
  private int soak(BrokerProcess broker, int port, KnownAnswers answers) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (ComingAndGoingBroker weather =
        new ComingAndGoingBroker(broker, new Random(SEED), publisher::published)) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.execute(client(port, answers, i, new Until(done::get, () -> false)));
      }
      watch(LENGTH.dividedBy(2));
      memory.look("half, under load", arrays());
      watch(LENGTH.dividedBy(2));
      await().atMost(TIMEOUT).until(() -> weather.outages() >= OUTAGES);
      return weather.outages();
    } finally {
      done.set(true);
      clients.shutdown();
      assertThat(clients.awaitTermination(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  private Runnable client(int port, KnownAnswers answers, int number, Until until) {
    Random random = new Random(SEED + number);
    RudeClient rude =
        new RudeClient(port, BODY_LIMIT, RECEIVE_TIMEOUT, tally, new Random(random.nextLong()));
    return new SoakClient(http, port, answers, tally, random, rude, until);
  }

  /** Looks at what waits for Kafka; ends early when something has failed. */
  private void watch(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await()
        .atMost(time.plusSeconds(10))
        .until(
            () -> {
              mostWaiting.accumulateAndGet(publisher.waitingWindows(), Math::max);
              return System.nanoTime() > end || !tally.failures().isEmpty();
            });
  }

  /** All that was asked for has ended, however it ended, and left nothing open. */
  private void assertQuiet(double arrays) {
    assertNothingFailed();
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              assertThat(value("layerwatch_requests_running")).isZero();
              assertThat(value("layerwatch_requests_waiting")).isZero();
              assertThat(arrays()).isEqualTo(arrays);
            });
    memory.look("end", arrays());
    for (String endpoint : List.of("/v1/completions", "/v1/chat/completions")) {
      assertThat(ended(endpoint, 500)).isNaN();
    }
    assertThat(ended("/v1/completions", 499)).isPositive();
    assertThat(tally.ofAll("good: ")).isPositive();
  }

  /** Tells it to stop while clients go on asking. */
  private Duration stopUnderLoad(Instrumentation instance, KnownAnswers answers) throws Exception {
    AtomicBoolean closing = new AtomicBoolean();
    AtomicBoolean closed = new AtomicBoolean();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
      Until until = new Until(closed::get, closing::get);
      clients.execute(
          new SoakClient(
              http, instance.port(), answers, tally, new Random(i), Manners.ALWAYS_GOOD, until));
    }
    await().until(() -> value("layerwatch_requests_waiting") > 0);
    closing.set(true);
    long start = System.nanoTime();
    instance.close();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    closed.set(true);
    clients.shutdown();
    assertThat(clients.awaitTermination(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return took;
  }

  private void assertNothingFailed() {
    assertThat(tally.failures()).as("seed %d", SEED).isEmpty();
  }

  /** Of what was on its way at the very end nobody knows whether it arrived. */
  private void assertLedger(Deployment deployment, BrokerProcess broker) {
    assertThat(publisher.observed()).isEqualTo(publisher.published() + publisher.dropped());
    assertThat(publisher.dropped())
        .isEqualTo(publisher.dropped("shutdown") + publisher.dropped("unconfirmed"));
    var topic = deployment.topics().activationSummaries();
    var arrived = PublishedSummaries.read(topic, topic, broker.bootstrapServers());
    arrived.assertInOrderAndOnce();
    assertThat(arrived.tokens())
        .isBetween(publisher.published(), publisher.published() + publisher.dropped("unconfirmed"));
  }

  private static Set<String> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("layerwatch-") || name.startsWith("kafka-producer"))
        .collect(Collectors.toSet());
  }

  /** Passes that several prompts shared. */
  private long batches() {
    return Metrics.observations(publisher.registry(), "layerwatch_prefill_batch_prompts");
  }

  private double arrays() {
    return value("layerwatch_model_arrays");
  }

  private double value(String metric) {
    return Metrics.value(publisher.registry(), metric);
  }

  private double ended(String endpoint, int status) {
    return Metrics.value(
        publisher.registry(),
        "layerwatch_requests_total",
        "endpoint",
        endpoint,
        "status",
        Integer.toString(status));
  }

  private void report(int outages, Duration stop) {
    System.out.printf(
        "| soak of %s, %d clients | |%n|---|---|%n%s%n%s%n| broker killed | %d |%n"
            + "| prefills of several prompts | %d |%n"
            + "| waiting windows, most | %d |%n| layer tokens observed, dropped | %d, %d |%n"
            + "| stop under load | %d ms |%n",
        LENGTH,
        CLIENTS,
        tally.rows(),
        memory.rows(),
        outages,
        batches(),
        mostWaiting.get(),
        publisher.observed(),
        publisher.dropped(),
        stop.toMillis());
  }
}
