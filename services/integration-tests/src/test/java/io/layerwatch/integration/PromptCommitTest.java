package io.layerwatch.integration;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
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
  void whatCameBeforeAFlushThatMayCloseIsCommittedWhenNothingMoreComes() throws Exception {
    feeder.publish(1);
    feeder.awaitPublished();
    try (Admin admin = Admin.create(deployment.settings.kafka())) {
      Map<TopicPartition, Long> ends = ends(admin);
      await().atMost(TIMEOUT).until(() -> committed(admin).equals(ends));
    }
  }

  /** Of the partitions in which there is something. */
  private Map<TopicPartition, Long> ends(Admin admin) throws Exception {
    String topic = deployment.topics.activationSummaries().name();
    var partitions =
        admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions();
    Map<TopicPartition, OffsetSpec> asked =
        partitions.stream()
            .collect(
                Collectors.toMap(
                    each -> new TopicPartition(topic, each.partition()),
                    each -> OffsetSpec.latest()));
    Map<TopicPartition, ListOffsetsResultInfo> found = admin.listOffsets(asked).all().get();
    return found.entrySet().stream()
        .filter(each -> each.getValue().offset() > 0)
        .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().offset()));
  }

  private static Map<TopicPartition, Long> committed(Admin admin) throws Exception {
    Map<TopicPartition, OffsetAndMetadata> all =
        admin.listConsumerGroupOffsets("layerwatch-scorer").partitionsToOffsetAndMetadata().get();
    return all.entrySet().stream()
        .filter(each -> each.getValue() != null && each.getValue().offset() > 0)
        .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().offset()));
  }
}
