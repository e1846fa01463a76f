package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.standalone.broker.EmbeddedBroker;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that is stopped for longer than the backlog holds: requests never notice, the oldest
 * windows are given up, and what the publisher dropped is what the scorer misses, to the token.
 */
class LongOutageTest {

  private static final int CAPACITY = 3;
  private static final Duration PHASE = Duration.ofSeconds(2);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Map<String, String> SETTINGS =
      Map.of(
          InstrumentationSettings.FLUSH_INTERVAL, "200ms",
          InstrumentationSettings.BACKLOG_WINDOW, "1s",
          InstrumentationSettings.BACKLOG_WINDOWS, Integer.toString(CAPACITY),
          ScorerSettings.WINDOW_SIZE, "1s",
          ScorerSettings.WINDOW_GRACE, "1s");

  @TempDir private Path directory;

  private final PrometheusRegistry scorer = new PrometheusRegistry();
  private final PublisherCounts publisher = new PublisherCounts(new PrometheusRegistry());

  @Test
  void theOldestIsGivenUpAndTheScorerMissesExactlyThat() {
    try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerProcess.BACK_SOON);
        Deployment deployment =
            new Deployment(
                directory, Repository.demoModel(), broker.bootstrapServers(), SETTINGS)) {
      Instrumentation instance = deployment.instrument(Clock.systemUTC(), publisher.registry());
      deployment.score(scorer);
      ApiClient client = new ApiClient(instance.port());
      await().atMost(TIMEOUT).until(() -> deployment.health.problems().isEmpty());
      Traffic before = serve(client, PHASE);

      broker.pause();
      Traffic during = serve(client, PHASE.plusSeconds(CAPACITY));
      await().atMost(TIMEOUT).until(() -> publisher.dropped("backlog_full") > 0);
      broker.resume();

      during.assertAsQuickAs(before);
      await()
          .atMost(TIMEOUT)
          .untilAsserted(
              () -> {
                LedgerEntries ledger = LedgerEntries.of(scorer, instance.model());
                assertThat(ledger.claimed()).isEqualTo(publisher.observed());
                assertThat(ledger.waiting()).isZero();
              });
      LedgerEntries ledger = LedgerEntries.of(scorer, instance.model());
      assertThat(ledger.missing()).isEqualTo(publisher.dropped()).isPositive();
      assertThat(ledger.missing()).isEqualTo(publisher.dropped("backlog_full"));
      assertThat(ledger.scored()).isEqualTo(publisher.published());
      assertThat(ledger.late()).isZero();
      assertThat(publisher.observed()).isEqualTo(publisher.published() + publisher.dropped());

      var topic = deployment.topics().activationSummaries();
      assertOldestGivenUp(PublishedSummaries.read(topic, topic, broker.bootstrapServers()));
    }
  }

  private Traffic serve(ApiClient client, Duration phase) {
    return Traffic.serve(client, phase, () -> publisher.assertWaitingWindowsAtMost(CAPACITY));
  }

  /** Where time is missing, numbers are, and what comes next had waited and merged. */
  private static void assertOldestGivenUp(PublishedSummaries published) {
    published.assertInOrderAndOnce();
    List<ActivationSummary> summaries = published.ofOneLayer();
    List<ActivationSummary> afterHoles = new ArrayList<>();
    for (int i = 1; i < summaries.size(); i++) {
      ActivationSummary earlier = summaries.get(i - 1);
      ActivationSummary later = summaries.get(i);
      boolean hole = later.interval().start().isAfter(earlier.interval().end());
      assertThat(later.sequenceNumber() > earlier.sequenceNumber() + 1).isEqualTo(hole);
      if (hole) {
        afterHoles.add(later);
      }
    }
    assertThat(afterHoles)
        .isNotEmpty()
        .allSatisfy(
            summary -> assertThat(summary.interval().size()).isEqualTo(Duration.ofSeconds(1)));
  }
}
