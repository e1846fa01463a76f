package io.layerwatch.integration;

import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.topics.Topic;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** What is on the topic of scores, read anew from its beginning each time. */
final class ScoresTopic {

  private final Topic<ModelScores> topic;
  private final String bootstrapServers;
  private final Admin admin;

  ScoresTopic(Topic<ModelScores> topic, String bootstrapServers, Admin admin) {
    this.topic = topic;
    this.bootstrapServers = bootstrapServers;
    this.admin = admin;
  }

  /** What a consumer sees that reads committed records only. */
  List<ModelScores> committed() {
    return read(IsolationLevel.READ_COMMITTED);
  }

  /** All records, also those of transactions that were aborted or are open. */
  List<ModelScores> written() {
    return read(IsolationLevel.READ_UNCOMMITTED);
  }

  private List<ModelScores> read(IsolationLevel isolation) {
    return WholeTopic.read(topic.name(), Map.of("bootstrap.servers", bootstrapServers), isolation)
        .stream()
        .map(record -> topic.serde().deserializer().deserialize(topic.name(), record.value()))
        .toList();
  }

  /** Whether a transaction that wrote scores is open: of a process that lives or that is dead. */
  boolean hasOpenTransaction() {
    return !ends(IsolationLevel.READ_COMMITTED).equals(ends(IsolationLevel.READ_UNCOMMITTED));
  }

  private Map<TopicPartition, Long> ends(IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> latest =
        partitions().stream()
            .collect(Collectors.toMap(Function.identity(), each -> OffsetSpec.latest()));
    try {
      return admin
          .listOffsets(latest, new ListOffsetsOptions(isolation))
          .all()
          .get()
          .entrySet()
          .stream()
          .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().offset()));
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<TopicPartition> partitions() {
    try {
      return admin
          .describeTopics(List.of(topic.name()))
          .allTopicNames()
          .get()
          .get(topic.name())
          .partitions()
          .stream()
          .map(partition -> new TopicPartition(topic.name(), partition.partition()))
          .toList();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
