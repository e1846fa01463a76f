package io.layerwatch.integration;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scorer commits before its commit interval ends, which here outlasts the test. */
class PromptCommitTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String OUTLASTS = "600000";

  @TempDir private Path directory;

  private KnownDeployment deployment;
  private Feeder feeder;

  @BeforeEach
  void start() {
    deployment = new KnownDeployment(KafkaCluster.start(directory, 1));
    feeder = deployment.add("feeder", new Feeder(new KnownTraffic(23), deployment));
    deployment
        .add(
            "scorers",
            new ScorerProcesses(
                directory,
                deployment.scorerSettings(
                    Map.of(
                        "kafka.commit.interval.ms", OUTLASTS,
                        "kafka.producer.transaction.timeout.ms", OUTLASTS))))
        .startOne();
  }

  @AfterEach
  void leaveNoProcessBehind() {
    if (deployment != null) {
      deployment.close();
    }
  }

  @Test
  void scoresCanBeReadAsSoonAsTheirWindowCloses() {
    feeder.publish(3);
    await().atMost(TIMEOUT).until(() -> deployment.hasScored(2));
  }

  /** After the first interval the next one could close a window, the one before all of them. */
  @Test
  void whatCameBeforeAFlushThatMayCloseIsCommittedWhenNothingMoreComes() {
    feeder.publish(1);
    feeder.awaitPublished();
    try (KafkaOnlooker kafka = new KafkaOnlooker(deployment.settings)) {
      kafka.awaitCommitted("layerwatch-scorer", deployment.topics.activationSummaries().name());
    }
  }
}
