package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Of three brokers, the one that leads the busiest partition is killed under load. All that was
 * observed is scored, each window once.
 */
class LostBrokerTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  @TempDir private Path directory;

  private final KnownTraffic traffic = new KnownTraffic(13);
  private KnownDeployment deployment;
  private ObservedLoad load;
  private ScorerProcesses scorers;

  @BeforeEach
  void start() {
    deployment = new KnownDeployment(KafkaCluster.start(directory, 3));
    scorers =
        deployment.add(
            "scorers", new ScorerProcesses(directory, deployment.scorerSettings(Map.of())));
    load = deployment.add("load", new ObservedLoad(traffic, deployment));
  }

  @AfterEach
  void leaveNoProcessBehind() {
    if (deployment != null) {
      deployment.close();
    }
  }

  @Test
  void noWindowIsLostOrDoubledWhenABrokerIsKilledUnderLoad() {
    scorers.startOne();
    awaitScored(10);
    String summaries = deployment.topics.activationSummaries().name();
    int leader = deployment.kafka.leaderOfBusiestPartition(summaries);
    deployment.kafka.kill(leader);
    load.finish(40);

    Map<String, List<LayerStatistics>> batch = traffic.batch();
    awaitScored(load.windows());
    BatchComparison.assertEachWindowOnce(observedWindows(), batch);
    assertThat(deployment.kafka.leaderOfBusiestPartition(summaries)).isNotEqualTo(leader);
    long observed = load.total("layerwatch_publisher_observed_layer_tokens");
    assertThat(load.total("layerwatch_publisher_published_layer_tokens")).isEqualTo(observed);
    Map<String, Map<String, Long>> balanced = Ledgers.balanced(batch, batch);
    await()
        .atMost(TIMEOUT)
        .untilAsserted(() -> assertThat(Ledgers.of(scorers.scrape())).isEqualTo(balanced));
    assertThat(KnownTraffic.layerTokens(batch).values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(observed);
  }

  private void awaitScored(int windows) {
    await()
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(300))
        .until(() -> observedWindows().size() >= (long) windows * KnownTraffic.RESULTS_PER_WINDOW);
  }

  /** Not those that hold heartbeats only, after the end of the load. */
  private List<ModelScores> observedWindows() {
    Instant end = load.end();
    return deployment.scores.committed().stream()
        .filter(scores -> scores.window().start().isBefore(end))
        .toList();
  }
}
