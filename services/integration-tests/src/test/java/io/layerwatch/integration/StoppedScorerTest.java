package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.statistics.LayerStatistics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scorer that is stopped in order hands its models over at once. */
class StoppedScorerTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private final KnownTraffic traffic = new KnownTraffic(17);
  private KnownDeployment deployment;
  private Feeder feeder;
  private ScorerProcesses scorers;

  @BeforeEach
  void start() {
    deployment = new KnownDeployment(KafkaCluster.start(directory, 1));
    feeder = deployment.add("feeder", new Feeder(traffic, deployment));
    // Were it not to leave the group, the group would wait for it for that long.
    scorers =
        deployment.add(
            "scorers",
            new ScorerProcesses(
                directory,
                deployment.scorerSettings(Map.of("kafka.session.timeout.ms", "300000"))));
  }

  @AfterEach
  void leaveNoProcessBehind() {
    if (deployment != null) {
      deployment.close();
    }
  }

  @Test
  void anotherScorerGoesOnWithoutWaitingForTheSessionToEnd() {
    scorers.startOne();
    feeder.publish(3);
    awaitScored(2);
    scorers.stop(0);
    scorers.startOne();
    feeder.publish(2);
    feeder.awaitPublished();
    Map<String, List<LayerStatistics>> closed = traffic.batch();
    feeder.publish(1);
    awaitScored(5);
    BatchComparison.assertEachWindowOnce(deployment.scores.committed(), closed);
  }

  @Test
  void theChangelogThatARestartReadsIsKeptShort() throws Exception {
    scorers.startOne();
    feeder.publish(2);
    awaitScored(1);
    ConfigResource changelog =
        new ConfigResource(ConfigResource.Type.TOPIC, "layerwatch-scorer-open-windows-changelog");
    try (Admin admin = Admin.create(deployment.settings.kafka())) {
      var config = admin.describeConfigs(List.of(changelog)).all().get().get(changelog);
      assertThat(config.get(TopicConfig.SEGMENT_BYTES_CONFIG).value()).isEqualTo("67108864");
      assertThat(config.get(TopicConfig.DELETE_RETENTION_MS_CONFIG).value()).isEqualTo("21600000");
    }
  }

  private void awaitScored(int windows) {
    await().atMost(TIMEOUT).until(() -> deployment.hasScored(windows));
  }
}
