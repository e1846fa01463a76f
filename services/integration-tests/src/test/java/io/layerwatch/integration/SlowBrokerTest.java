package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.integration.TcpProxy.Condition;
import io.layerwatch.standalone.broker.EmbeddedBroker;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker behind a bad network: slow to take requests, so late to answer that the producer has
 * given up waiting and sent again, and connected without ever answering. Requests never notice, and
 * every summary arrives once, in order.
 */
class SlowBrokerTest {

  private static final int CAPACITY = 60;
  private static final Duration PHASE = Duration.ofSeconds(2);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(1);
  private static final Condition SLOW = new Condition(Duration.ofMillis(300), 20_000, true);
  private static final Condition LATE =
      new Condition(REQUEST_TIMEOUT.plusMillis(500), Integer.MAX_VALUE, true);
  private static final Map<String, String> SETTINGS =
      Map.of(
          InstrumentationSettings.FLUSH_INTERVAL,
          "200ms",
          InstrumentationSettings.BACKLOG_WINDOW,
          "1s",
          InstrumentationSettings.BACKLOG_WINDOWS,
          Integer.toString(CAPACITY),
          "kafka.request.timeout.ms",
          Long.toString(REQUEST_TIMEOUT.toMillis()));

  @TempDir private Path directory;

  private final PublisherCounts publisher = new PublisherCounts(new PrometheusRegistry());

  @Test
  void requestsNeverNoticeAndEverySummaryArrivesOnce() throws Exception {
    try (TcpProxy network = new TcpProxy();
        EmbeddedBroker broker =
            EmbeddedBroker.start(Map.of("advertised.listeners", "BROKER://" + network.address()))) {
      network.forwardTo(Integer.parseInt(broker.bootstrapServers().split(":", 2)[1]));
      try (Deployment deployment =
              new Deployment(directory, Repository.demoModel(), network.address(), SETTINGS);
          Instrumentation instance =
              deployment.instrument(Clock.systemUTC(), publisher.registry())) {
        ApiClient client = new ApiClient(instance.port());
        Traffic before = serve(client);
        network.be(SLOW);
        Traffic slow = serve(client);
        network.be(LATE);
        Traffic late = serve(client);
        network.be(Condition.SILENT);
        Traffic silent = serve(client);
        // Nothing but the network holds them back.
        await().atMost(TIMEOUT).until(() -> publisher.waitingWindows() > 1);
        network.be(Condition.GOOD);

        slow.assertAsQuickAs(before);
        late.assertAsQuickAs(before);
        silent.assertAsQuickAs(before);
        await()
            .atMost(TIMEOUT)
            .untilAsserted(() -> assertThat(publisher.published()).isEqualTo(publisher.observed()));
        assertThat(publisher.dropped()).isZero();
        var topic = deployment.topics().activationSummaries();
        var arrived = PublishedSummaries.read(topic, topic, network.address());
        arrived.assertInOrderAndOnce();
        assertThat(arrived.tokens()).isEqualTo(publisher.observed());
      }
    }
  }

  private Traffic serve(ApiClient client) {
    return Traffic.serve(client, PHASE, () -> publisher.assertWaitingWindowsAtMost(CAPACITY));
  }
}
