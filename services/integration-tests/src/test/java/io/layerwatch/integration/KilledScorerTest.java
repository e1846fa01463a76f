package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.statistics.LayerStatistics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scorers are killed again and again, one that is alone and one of two, and what a consumer of
 * committed records finds is what a batch computation over the same activations says, each window
 * once.
 */
class KilledScorerTest {

  private static final Logger LOG = LoggerFactory.getLogger(KilledScorerTest.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(90);
  private static final int WINDOWS_PER_KILL = 5;

  private static final Map<String, String> SETTINGS =
      Map.of(
          "kafka.num.standby.replicas", "1",
          // A second process gets its share at once, not after it was seen to have caught up.
          "kafka.acceptable.recovery.lag", "1000000",
          // Transactions are long enough to be killed in, with scores on the topic before their
          // end.
          "kafka.commit.interval.ms", "1000",
          "kafka.linger.ms", "0",
          // The group and the transactions recover from a kill in seconds.
          "kafka.session.timeout.ms", "2000",
          "kafka.heartbeat.interval.ms", "500",
          "kafka.transaction.timeout.ms", "3000");

  @TempDir private Path directory;

  private final KnownTraffic traffic = new KnownTraffic(7);
  private final Random random = new Random(11);
  private KnownDeployment deployment;
  private Feeder feeder;
  private ScorerProcesses scorers;
  private int windows;

  /** When a scorer is killed. */
  private enum Moment {
    /** It has written scores and not committed them. */
    IN_A_TRANSACTION,
    /** All is read, scored and committed. */
    IDLE,
    /** Between the start of its process and the end of its work. */
    ANY
  }

  @BeforeEach
  void start() {
    deployment = new KnownDeployment(KafkaCluster.start(directory, 1));
    feeder = deployment.add("feeder", new Feeder(traffic, deployment));
    scorers =
        deployment.add(
            "scorers", new ScorerProcesses(directory, deployment.scorerSettings(SETTINGS)));
  }

  @AfterEach
  void leaveNoProcessBehind() {
    if (deployment != null) {
      deployment.close();
    }
  }

  @Test
  void everyWindowIsPublishedOnceAndAsTheBatchSaysHoweverOftenScorersAreKilled() {
    scorers.startOne();
    for (Moment moment :
        List.of(
            Moment.IN_A_TRANSACTION,
            Moment.ANY,
            Moment.IDLE,
            Moment.IN_A_TRANSACTION,
            Moment.ANY,
            Moment.IN_A_TRANSACTION)) {
      publishAndAwait(moment);
      scorers.kill(0);
      scorers.startOne();
    }
    // From here on two share the models, and each keeps a standby of the other's.
    scorers.startOne();
    for (Moment moment :
        List.of(Moment.ANY, Moment.IN_A_TRANSACTION, Moment.IDLE, Moment.ANY, Moment.ANY)) {
      publishAndAwait(moment);
      scorers.kill(random.nextInt(2));
      scorers.startOne();
    }
    publishAndAwait(Moment.IN_A_TRANSACTION);
    scorers.kill(1);
    scorers.kill(0);
    scorers.startOne();
    scorers.startOne();

    feeder.awaitPublished();
    assertThat(windows).isEqualTo(60);
    Map<String, List<LayerStatistics>> closed = traffic.batch();
    feeder.publish(1);
    feeder.awaitPublished();
    awaitScored(windows);
    BatchComparison.assertEachWindowOnce(deployment.scores.committed(), closed);
    // Kills took back scores that were on the topic already, or the test would show little.
    int aborted = deployment.scores.written().size() - closed.size();
    LOG.info("{} kills took {} of {} scores back", scorers.kills(), aborted, closed.size());
    assertThat(aborted).isPositive();
    assertThat(scorers.kills()).isGreaterThanOrEqualTo(10);
    Map<String, Map<String, Long>> balanced = Ledgers.balanced(closed, traffic.batch());
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              List<String> scrapes = scorers.scrape();
              assertThat(Ledgers.of(scrapes)).isEqualTo(balanced);
              assertThat(scrapes)
                  .as("both have a share")
                  .allSatisfy(scrape -> assertThat(Ledgers.of(List.of(scrape))).isNotEmpty());
            });
  }

  /** Publishes more windows and waits for the moment. */
  private void publishAndAwait(Moment moment) {
    if (moment == Moment.IN_A_TRANSACTION) {
      // One of a scorer that is dead does not count.
      await().atMost(TIMEOUT).until(() -> !deployment.scores.hasOpenTransaction());
    }
    feeder.publish(WINDOWS_PER_KILL);
    windows += WINDOWS_PER_KILL;
    switch (moment) {
      case IN_A_TRANSACTION ->
          await()
              .atMost(TIMEOUT)
              .pollInterval(Duration.ofMillis(10))
              .until(deployment.scores::hasOpenTransaction);
      case IDLE -> {
        feeder.awaitPublished();
        awaitScored(windows - 1);
      }
      case ANY -> scorers.live(Duration.ofMillis(random.nextInt(5_000)));
    }
  }

  private void awaitScored(int closedWindows) {
    await()
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(300))
        .until(() -> deployment.hasScored(closedWindows));
  }
}
