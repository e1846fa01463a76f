package io.layerwatch.scorer.replay;

import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import io.layerwatch.scorer.RangeScoring.Outcome;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What became of the records of a replay. Every one that was read is in exactly one of used,
 * duplicate, outside and rejected.
 */
final class ReplayTally {

  private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
  private final Map<Kind, Long> rejected = new EnumMap<>(Kind.class);
  private final List<String> examples = new ArrayList<>();
  private long windows;
  private long incomplete;

  void count(Outcome outcome) {
    outcomes.merge(outcome, 1L, Long::sum);
  }

  void reject(ConsumerRecord<?, ?> record, InvalidRecordException fault) {
    if (rejected.merge(fault.kind(), 1L, Long::sum) == 1) {
      examples.add(
          "rejected as %s, for example %s-%d@%d: %s"
              .formatted(
                  fault.kind().label(),
                  record.topic(),
                  record.partition(),
                  record.offset(),
                  fault.getMessage()));
    }
  }

  void written(ModelScores scores) {
    windows++;
    if (!scores.complete()) {
      incomplete++;
    }
  }

  long used() {
    return of(Outcome.USED);
  }

  long rejected(Kind kind) {
    return rejected.getOrDefault(kind, 0L);
  }

  /** All of them. */
  long read() {
    return refused() + outcomes.values().stream().mapToLong(Long::longValue).sum();
  }

  private long refused() {
    return rejected.values().stream().mapToLong(Long::longValue).sum();
  }

  private long of(Outcome outcome) {
    return outcomes.getOrDefault(outcome, 0L);
  }

  /** The first rejected record of each kind. */
  List<String> examples() {
    return examples;
  }

  /** All of it in one line. */
  @Override
  public String toString() {
    return "%d records read: %d used, %d outside the range, %d duplicates, %d rejected%s; "
            .formatted(
                read(), used(), of(Outcome.OUTSIDE), of(Outcome.DUPLICATE), refused(), reasons())
        + "%d windows scored, %d of them incomplete".formatted(windows, incomplete);
  }

  private String reasons() {
    return rejected.isEmpty()
        ? ""
        : rejected.entrySet().stream()
            .map(kind -> kind.getValue() + " " + kind.getKey().label())
            .collect(Collectors.joining(", ", " (", ")"));
  }
}
