package io.layerwatch.scorer.replay;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.runtime.process.Progress;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.streams.RecordDecoder;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.RangeScoring;
import io.layerwatch.scorer.RangeScoring.Outcome;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.scorer.ScoringTopology;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One replay: takes every record of the topic, and then closes the windows of the range. */
final class Replay {

  private final ReplayPlan plan;
  private final RecordDecoder<ActivationSummary> decoder;
  private final RangeScoring scoring;
  private final ReplayTally tally;
  private final long mostEntries;
  private final TreeSet<Double> otherThresholds = new TreeSet<>();
  private final TreeSet<String> sites = new TreeSet<>();
  private Duration longestInterval = Duration.ZERO;
  private boolean thresholdCounted;

  Replay(ReplayPlan plan, Topics topics, ReplayTally tally, Instant now, long heapBytes) {
    this.plan = plan;
    this.decoder = ScoringTopology.decoder(topics);
    this.tally = tally;
    this.scoring = new RangeScoring(plan.scorer(), plan.range(), readFrom(plan), now);
    this.mostEntries = heapBytes / RangeScoring.BYTES_PER_ENTRY;
  }

  /** From where on summaries tell of the range, or of who was heard before it. */
  private static Instant readFrom(ReplayPlan plan) {
    ScorerSettings scorer = plan.scorer();
    return plan.range().start().minus(scorer.windowSize()).minus(scorer.futureTolerance());
  }

  /** Takes all records that can tell of it. */
  void read() {
    String topic = decoder.topic();
    try (TopicReader reader = TopicReader.open(plan.settings(), topic, readFrom(plan))) {
      if (!reader.topicExists()) {
        throw new ReplayException("topic " + topic + " does not exist");
      }
      try (Progress progress = Progress.of("replay", reader.size(), "records")) {
        reader.read(progress, record -> take(record, reader.startsLate(record.partition())));
      }
    }
  }

  /** Takes one of them. */
  void take(ConsumerRecord<byte[], byte[]> record, boolean startsLate) {
    if (plan.model().isPresent() && !isOf(plan.model().get(), record)) {
      tally.count(Outcome.OUTSIDE);
      return;
    }
    ActivationSummary summary;
    try {
      summary = decoder.decode(record.key(), record.value(), record.headers()).value();
    } catch (InvalidRecordException fault) {
      // Of what nobody can read, the record's own time is all that is known.
      if (isInRange(Instant.ofEpochMilli(record.timestamp()))) {
        tally.reject(record, fault);
      } else {
        tally.count(Outcome.OUTSIDE);
      }
      return;
    }
    if (startsLate) {
      scoring.missBeginning(summary.model().key());
    }
    if (isInRange(summary.interval().start())) {
      note(summary);
    }
    try {
      tally.count(scoring.add(summary));
    } catch (InvalidRecordException fault) {
      tally.reject(record, fault);
    }
    if (scoring.size() > mostEntries) {
      throw new ReplayException(
          "the range does not fit into memory: narrow it, name a --model, or allow more with"
              + " LAYERWATCH_OPTS=-Xmx4g");
    }
  }

  private static boolean isOf(ModelId model, ConsumerRecord<byte[], byte[]> record) {
    return Arrays.equals(model.key().getBytes(StandardCharsets.UTF_8), record.key());
  }

  private boolean isInRange(Instant time) {
    return !time.isBefore(plan.range().start()) && time.isBefore(plan.range().end());
  }

  private void note(ActivationSummary summary) {
    sites.add(summary.site());
    Duration interval = summary.interval().size();
    longestInterval = interval.compareTo(longestInterval) > 0 ? interval : longestInterval;
    NearZeroLadder ladder = summary.statistics().nearZero();
    if (ladder.countBelow(plan.scorer().sparsityThreshold()).isPresent()) {
      thresholdCounted = true;
    } else {
      for (double threshold : ladder.thresholds()) {
        otherThresholds.add(threshold);
      }
    }
  }

  /** The windows, once all records are taken, in order of time, then model, then site. */
  Stream<ModelScores> close() {
    requireFittingSettings();
    requireSomething();
    return scoring
        .close()
        .filter(scores -> plan.site().isEmpty() || scores.site().equals(plan.site().get()))
        .peek(tally::written);
  }

  /** Whether settings fit is known once the summaries are. */
  private void requireFittingSettings() {
    List<String> problems = new ArrayList<>();
    if (tally.used() == 0 && tally.rejected(Kind.MISALIGNED) > 0) {
      problems.add(
          plan.settings()
              .problem(
                  ScorerSettings.WINDOW_SIZE,
                  "a multiple of the summaries' intervals, which are up to " + longestInterval));
    }
    if (!thresholdCounted && !otherThresholds.isEmpty()) {
      problems.add(
          plan.settings()
              .problem(
                  ScorerSettings.SPARSITY_THRESHOLD,
                  "a threshold that the summaries count, one of "
                      + otherThresholds.stream()
                          .map(String::valueOf)
                          .collect(Collectors.joining(", "))));
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
  }

  private void requireSomething() {
    TimeWindow range = plan.range();
    String what =
        plan.model().map(ModelId::key).map(key -> " of " + key).orElse("")
            + " between "
            + range.start()
            + " and "
            + range.end();
    if (tally.used() == 0) {
      throw new ReplayException("no summaries that can be scored" + what);
    }
    plan.site()
        .filter(site -> !sites.contains(site))
        .ifPresent(
            site -> {
              throw new ReplayException(
                  "no summaries at site "
                      + site
                      + what
                      + "; there are some at "
                      + String.join(", ", sites));
            });
  }
}
