package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;

/** All summaries on the topic at one moment, partition by partition in their order. */
record PublishedSummaries(List<ActivationSummary> all) {

  private record Source(String instance, String site, int layer) {}

  /** Reads a topic of summaries to its end; what is none is left out. */
  static PublishedSummaries read(Topic<?> from, Topic<ActivationSummary> topic, String brokers) {
    List<ActivationSummary> read = new ArrayList<>();
    for (var record :
        WholeTopic.read(
            from.name(), Map.of("bootstrap.servers", brokers), IsolationLevel.READ_COMMITTED)) {
      try {
        read.add(topic.serde().deserializer().deserialize(topic.name(), record.value()));
      } catch (InvalidRecordException e) {
        // Somebody's bad record; the scorer rejects it.
      }
    }
    return new PublishedSummaries(read);
  }

  PublishedSummaries of(String instance) {
    return new PublishedSummaries(
        all.stream().filter(summary -> summary.instance().equals(instance)).toList());
  }

  long tokens() {
    return all.stream().mapToLong(summary -> summary.statistics().tokens()).sum();
  }

  /** One site and layer stands for all: their intervals and numbers are the same. */
  List<ActivationSummary> ofOneLayer() {
    return all.stream()
        .filter(summary -> summary.layer() == 0 && summary.site().equals(all.get(0).site()))
        .toList();
  }

  /** Each source's numbers ascend, and none comes twice. */
  void assertInOrderAndOnce() {
    Map<Source, List<Long>> numbers = new HashMap<>();
    for (ActivationSummary summary : all) {
      numbers
          .computeIfAbsent(
              new Source(summary.instance(), summary.site(), summary.layer()),
              source -> new ArrayList<>())
          .add(summary.sequenceNumber());
    }
    numbers.forEach(
        (source, found) -> assertThat(found).as("%s", source).isSorted().doesNotHaveDuplicates());
  }
}
